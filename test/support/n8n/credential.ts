import { z } from 'zod';

export interface CredentialInput {
	name: string;
	type: string;
	data: Record<string, unknown>;
}

export const credentialSchema = z.object({ id: z.string(), name: z.string(), type: z.string() });
/** A credential that is saved in n8n, without its secrets. */
export type Credential = z.infer<typeof credentialSchema>;

export const testResultSchema = z.object({ status: z.enum(['OK', 'Error']), message: z.string() });
