/** Matches a Refusal by its code and, if given, a part of its message. */
export const refusedWith = (code: string, part = ''): Error =>
	expect.objectContaining({ code, message: expect.stringContaining(part) as string }) as Error;
