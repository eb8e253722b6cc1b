/** Matches an ApiError by its code and, if given, by a part of its message. */
export const apiErrorWith = (code: string, part = ''): Error =>
	expect.objectContaining({ code, message: expect.stringContaining(part) as string }) as Error;
