import { z } from 'zod/v3';

/** What is wrong with one field, and what to do about it; `field` is its label in the editor. */
export interface Problem {
	field: string;
	problem: string;
}

/** Adds a problem to what a zod schema found. */
export const refuse = (context: z.RefinementCtx, problem: string) => {
	context.addIssue({ code: z.ZodIssueCode.custom, message: problem });
	return z.NEVER;
};
