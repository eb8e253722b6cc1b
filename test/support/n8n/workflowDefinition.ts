import { z } from 'zod';
import type { Credential } from './credential';

const nodeSchema = z
	.object({
		name: z.string(),
		type: z.string(),
		parameters: z.record(z.unknown()).default({}),
		credentials: z.record(z.object({ id: z.string().nullable(), name: z.string() })).optional(),
		disabled: z.boolean().optional(),
	})
	.passthrough();

export const definitionSchema = z
	.object({ name: z.string(), nodes: z.array(nodeSchema), connections: z.record(z.unknown()) })
	.passthrough();
/** A workflow in the format of an exported file. */
export type WorkflowDefinition = z.infer<typeof definitionSchema>;

export const workflowSchema = definitionSchema.extend({
	id: z.string(),
	versionId: z.string(),
	active: z.boolean().default(false),
	isArchived: z.boolean().default(false),
});
/** A workflow that is saved in n8n. */
export type Workflow = z.infer<typeof workflowSchema>;

/** Returns the workflow with these credentials, one for each credential type. */
export function withCredentials(
	definition: WorkflowDefinition,
	credentials: readonly Credential[],
): WorkflowDefinition {
	const replacementFor = (type: string) =>
		credentials.find((credential) => credential.type === type);
	const nodes = definition.nodes.map((node) => ({
		...node,
		...(node.credentials && {
			credentials: Object.fromEntries(
				Object.entries(node.credentials).map(([type, named]) => {
					const own = replacementFor(type);
					return [type, own ? { id: own.id, name: own.name } : named];
				}),
			),
		}),
	}));
	return { ...definition, nodes };
}
