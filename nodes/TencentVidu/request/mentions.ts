import type { Body } from './body';

/** An "@" inside a word is part of an address. Keyboards for Chinese write a full-width one. */
const MENTION = /(?<![\w.+-])[@＠﹫](?=[^\s@＠﹫])/g;

/** Words of Chinese follow an ID without a blank. */
const CONTINUES_WORD = /[\w\p{Script=Latin}\p{M}]/u;

const MAX_WORD = 100;

/** One name after an "@" in a prompt. */
export interface Mention {
	/** Where the "@" stands. */
	at: number;
	/** What follows it, up to the end of the word. */
	word: string;
	/** The subject's ID that it is. */
	id: string | undefined;
}

/** Every name after an "@", and which of the IDs it is. All are compared in one Unicode form, NFC. */
export function* mentionsIn(prompt: string, ids: string[]): Generator<Mention> {
	for (const { index } of prompt.matchAll(MENTION)) {
		const start = index + 1;
		const isEnd = (end: number) => !CONTINUES_WORD.test(prompt.charAt(end));
		const id = ids.find((one) => prompt.startsWith(one, start) && isEnd(start + one.length));
		const [word = ''] = prompt
			.slice(start, start + MAX_WORD)
			.split(/[\s,.;:!?@＠﹫，。；：！？、]/);
		yield { at: index, word, id };
	}
}

/** The IDs of the subjects of a body. */
export const idsOf = ({ Subjects = [] }: Body): string[] =>
	Subjects.flatMap(({ Id }) => (typeof Id === 'string' && Id !== '' ? [Id] : []));

/** The prompt with the IDs of subjects as the subjects have them, each behind an ASCII "@". */
export function withPlainMentions(body: Body): Body {
	if (typeof body.Prompt !== 'string' || !body.Subjects) return body;
	const prompt = body.Prompt.normalize('NFC');
	const plain = [...mentionsIn(prompt, idsOf(body))].reduce(
		(text, { at, id }) => (id === undefined ? text : `${text.slice(0, at)}@${text.slice(at + 1)}`),
		prompt,
	);
	return { ...body, Prompt: plain };
}
