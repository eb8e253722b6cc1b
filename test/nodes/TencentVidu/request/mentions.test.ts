import { checkRules } from '../../../../nodes/TencentVidu/request/modelRules';
import { withPlainMentions } from '../../../../nodes/TencentVidu/request/mentions';

const CAFE = { composed: 'caf\u00e9', decomposed: 'cafe\u0301' };

const bodyOf = (Prompt: string, ...ids: string[]) => ({
	Prompt,
	Subjects: ids.map((Id) => ({ Id, Images: [{ url: 'https://e.com/a.png' }] })),
});

const problemsOf = (Prompt: string, ...ids: string[]) =>
	checkRules(bodyOf(Prompt, ...ids), { site: 'china', resource: 'referenceToVideo' }).map(
		({ path, problem }) => `${path.join('.')} ${problem}`,
	);

it.each([
	[`@${CAFE.decomposed} opens`, CAFE.composed],
	['＠vase turns', 'vase'],
	['﹫vase turns', 'vase'],
	['看＠花瓶在桌上', '花瓶'],
	['mail a@b.com', 'vase'],
])('takes %j', (prompt, id) => expect(problemsOf(prompt, id)).toEqual([]));

it.each([
	['＠nobody', '"@nobody"'],
	['a ﹫nobody，here', '"@nobody"'],
	[`@${CAFE.composed}`, `"@${CAFE.composed}"`],
])('refuses %j', (prompt, name) => {
	expect(problemsOf(prompt, 'vase', 'caf')).toEqual([
		expect.stringContaining(`Prompt names ${name}, but no subject`),
	]);
});

it.each([
	[`＠${CAFE.decomposed} and ＠nobody, @vase`, `@${CAFE.composed} and ＠nobody, @vase`],
	['＠vase ﹫vase', '@vase @vase'],
])('sends %j as the subjects are called', (prompt, sent) => {
	expect(withPlainMentions(bodyOf(prompt, CAFE.composed, 'vase')).Prompt).toBe(sent);
});

it('leaves a prompt without subjects as it is', () => {
	expect(withPlainMentions({ Prompt: CAFE.decomposed })).toEqual({ Prompt: CAFE.decomposed });
});
