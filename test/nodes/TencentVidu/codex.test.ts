import { z } from 'zod';

import { name as packageName } from '../../../package.json';
import trigger from '../../../nodes/TencentVidu/TencentViduTrigger.node.json';
import regular from '../../../nodes/TencentVidu/TencentVidu.node.json';
import { TencentVidu } from '../../../nodes/TencentVidu/TencentVidu.node';
import { TencentViduTrigger } from '../../../nodes/TencentVidu/TencentViduTrigger.node';

const link = z.object({ url: z.string().url().startsWith('https://') });
const codexSchema = z.object({
	node: z.string(),
	categories: z.array(z.enum(['Marketing', 'Miscellaneous', 'AI'])).min(1),
	// Without these, the editor takes a node of the category AI for a part of an agent.
	subcategories: z
		.object({ AI: z.tuple([z.literal('Agents'), z.literal('Root Nodes')]) })
		.optional(),
	alias: z.array(z.string()),
	resources: z.object({
		credentialDocumentation: z.array(link).min(1),
		primaryDocumentation: z.array(link).min(1),
	}),
});

describe.each([
	[new TencentVidu(), regular],
	[new TencentViduTrigger(), trigger],
])('what the search of the editor knows', ({ description }, file) => {
	const codex = codexSchema.parse(file);

	it(`is about ${description.displayName}`, () => {
		expect(codex.node).toBe(`${packageName}.${description.name}`);
	});

	it('finds a node of the category AI on an empty canvas, too', () => {
		expect(codex.categories.includes('AI')).toBe(codex.subcategories !== undefined);
	});

	it.each(['image to video', 'vidu', 'tencent', 'i2v', 'video generation'])(
		`has "%s" for ${description.displayName}`,
		(word) => {
			expect(codex.alias).toContain(word);
		},
	);
});
