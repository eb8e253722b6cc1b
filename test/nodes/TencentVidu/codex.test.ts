import { z } from 'zod';

import { name as packageName } from '../../../package.json';
import trigger from '../../../nodes/TencentVidu/TencentViduTrigger.node.json';
import regular from '../../../nodes/TencentVidu/TencentVidu.node.json';
import { TencentVidu } from '../../../nodes/TencentVidu/TencentVidu.node';
import { TencentViduTrigger } from '../../../nodes/TencentVidu/TencentViduTrigger.node';

const link = z.object({ url: z.string().url().startsWith('https://') });
const codexSchema = z.object({
	node: z.string(),
	// Not AI: the editor takes that for a part of an agent, and finds none on an empty canvas.
	categories: z.array(z.enum(['Marketing', 'Miscellaneous'])).min(1),
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

	it.each(['image to video', 'vidu', 'tencent', 'i2v', 'video generation'])(
		`has "%s" for ${description.displayName}`,
		(word) => {
			expect(codex.alias).toContain(word);
		},
	);
});
