import {
	reportFailure,
	type UnsuccessfulBatch,
	vendorLines,
} from '../../../../nodes/TencentVidu/execution/errorReport';
import type { Problem } from '../../../../nodes/TencentVidu/request/problem';
import type {
	Billed,
	Failure,
	Fate,
	Outcome,
} from '../../../../nodes/TencentVidu/transport/outcome';

const idOf = (item: number) => `13974280706339${String(item).padStart(5, '0')}`;
const done = (item: number): Outcome<object> => ({ kind: 'done', value: { JobId: idOf(item) } });
const failure: Failure = { message: 'No', fate: { kind: 'read', jobId: '' } };
const failed = (message: string, isLost = false): Outcome<object> => ({
	kind: 'failed',
	failure: { message, fate: isLost ? { kind: 'lost' } : { kind: 'read', jobId: '' } },
});
const jobFate = (billed: Billed, jobId = '7'): Fate => ({
	...{ kind: 'job', state: 'running', jobId, billed },
});
const cancelled: Outcome<object> = { kind: 'cancelled' };

const jobOf = (item: number) => ({ item, JobId: idOf(item), RequestId: `r${item}` });

function batchOf(outcomes: Array<[number, Outcome<object>]>): UnsuccessfulBatch {
	const jobs = outcomes.flatMap(([item, { kind }]) => (kind === 'done' ? [jobOf(item)] : []));
	return { problems: new Map(), outcomes: new Map(outcomes), jobs };
}

const badBatch = (problems: Array<[number, Problem[]]>, jobs: UnsuccessfulBatch['jobs'] = []) => ({
	...{ problems: new Map(problems), outcomes: new Map<number, Outcome<object>>(), jobs },
});

const many = (
	count: number,
	outcome: (item: number) => Outcome<object>,
): Array<[number, Outcome<object>]> =>
	Array.from({ length: count }, (_, item) => [item, outcome(item)]);

/** How many of the ids of `count` jobs a text holds, and whether they are the first. */
const idsIn = (text: string, count: number) =>
	Array.from({ length: count }, (_, item) => item).filter((item) => text.includes(idOf(item)));

describe('a failed item', () => {
	it('lists every job of the run, by item', () => {
		const batch = batchOf([[0, done(0)], [1, failed('No')], [2, done(2)]]); // prettier-ignore
		const { message, description, data } = reportFailure(batch);
		expect(message).toBe('No.');
		expect(idsIn(description, 3)).toEqual([0, 2]);
		expect(description).toMatch(
			new RegExp(`line 1 .item 0.: ${idOf(0)}[^]*line 3 .item 2.: ${idOf(2)}`),
		);
		expect(data.jobs).toEqual([
			{ item: 0, JobId: idOf(0), RequestId: 'r0' },
			{ item: 2, JobId: idOf(2), RequestId: 'r2' },
		]);
	});

	it('keeps thousands of JobIds in full, in its text and in its data', () => {
		const batch = batchOf([...many(5000, done), [5000, failed('No')]]);
		const { description, data } = reportFailure(batch);
		expect(data.jobs).toEqual(
			many(5000, done).map(([item]) => ({ item, JobId: idOf(item), RequestId: `r${item}` })),
		);
		expect(idsIn(description, 5000)).toHaveLength(5000);
		expect(description).toContain('Jobs accepted in this run: 5000 ·');
	});

	it('tells of the other failures, and counts those that do not fit', () => {
		const batch = batchOf(many(9, (item) => failed(`bad ${item}`, item === 3)));
		const { description, data } = reportFailure(batch);
		expect(description).toMatch(
			/Line 4 \(item 3\) may have started[^]*bad 1[^]*bad 2[^]*bad 4[^]*4 more/,
		);
		expect(description).not.toMatch(/bad [035-9]/);
		expect(data.failures).toEqual(
			many(9, done).map(([item]) => ({
				item,
				message: `bad ${item}`,
				mayHaveStarted: item === 3,
			})),
		);
	});

	it('tells the reference of each that may have started', () => {
		const lost = (reference: string): Outcome<object> => ({
			kind: 'failed',
			failure: { message: 'lost', fate: { kind: 'lost', reference } },
		});
		const batch = batchOf(many(20, (item) => lost(`reference ${item};`)));
		const { description, data } = reportFailure(batch);
		const listed = many(20, done).filter(([item]) => description.includes(`reference ${item};`));
		expect(listed.map(([item]) => item)).toEqual(many(20, done).map(([item]) => item));
		expect(data.failures.map(({ reference }) => reference)).toEqual(
			many(20, done).map(([item]) => `reference ${item};`),
		);
	});

	it('says what was not sent', () => {
		const { description, data } = reportFailure(batchOf([[0, failed('No')], [1, cancelled], [2, cancelled]])); // prettier-ignore
		expect(data.notSent).toEqual([1, 2]);
		expect(description).toMatch(/not sent.*2/i);
	});
});

it('gives the vendor’s words, one by one', () => {
	const fate: Fate = { kind: 'read', jobId: idOf(0) };
	const all = { ...failure, code: 'C.D', vendorText: 'v', requestId: 'r', fate };
	const lines = vendorLines(all).split(' ·\n');
	expect(lines.map((line) => line.split(': ')[1])).toEqual(['C.D', 'v', idOf(0)]);
	expect(vendorLines({ message: 'No', fate: { kind: 'refused' } })).toBe('');
});

it('ends with the RequestId, and names no JobId twice', () => {
	const fate = jobFate('yes', idOf(0));
	const first: Failure = { ...failure, code: 'C.D', requestId: 'r', fate };
	const jobs = [{ item: 0, JobId: idOf(0), RequestId: 'q' }];
	const outcomes = new Map([[0, { kind: 'failed' as const, failure: first }]]);
	const { description } = reportFailure({ problems: new Map(), outcomes, jobs });
	expect(description.split(' ·\n').at(-1)).toBe('RequestId: r');
	expect(description.split(idOf(0))).toHaveLength(2);
});

it.each<[string, Fate, RegExp]>([
	['what was not sent', { kind: 'unsent' }, /^No\. Nothing was sent\.$/],
	['what was refused', { kind: 'refused' }, /^No\. No job was made\.$/],
	['a job', jobFate('yes'), /^No\. The job exists and may be billed: JobId 7\.$/],
	['a failed job', jobFate('unknown'), /may be billed: JobId 7\.$/],
	['a job without credits', jobFate('no'), /costs nothing: JobId 7\.$/],
	['a read', { kind: 'read', jobId: '7' }, /^No\.$/],
	['a lost answer', { kind: 'lost' }, /^No\.$/],
])('answers whether the user has paid: %s', (_, fate, text) => {
	const outcome = { kind: 'failed' as const, failure: { ...failure, fate } };
	const { message, description } = reportFailure(batchOf([[0, outcome]]));
	expect(message).toMatch(text);
	expect(`${message}${description}`.split(/JobId:? 7/).length).toBe('jobId' in fate ? 2 : 1);
});

it('tells a stopped run which jobs go on', () => {
	const { description, data } = reportFailure(batchOf([[0, done(0)], [1, cancelled]])); // prettier-ignore
	expect(description).toContain(idOf(0));
	expect(data).toMatchObject({ jobs: [{ JobId: idOf(0) }], notSent: [1] });
});

it('builds the report of 20,000 wrong items without any that is as long', () => {
	const problems = many(20_000, done).map(([item]): [number, Problem[]] => [
		item,
		[{ field: 'Prompt', problem: 'is wrong' }],
	]);
	const report = reportFailure(badBatch(problems));
	expect(JSON.stringify(report).length).toBeLessThan(20_000);
	expect(report.message).toContain('19999');
});

describe('bad input', () => {
	const problem = (field: string) => ({ field, problem: 'is wrong' });

	it('says the one problem of the one item', () => {
		const { message, data } = reportFailure(badBatch([[4, [problem('Prompt')]]]));
		expect(message).toBe('Prompt is wrong. Nothing was sent.');
		expect(data).toEqual({
			jobs: [],
			failures: [{ item: 4, message: 'Prompt is wrong', mayHaveStarted: false }],
			notSent: [],
		});
	});

	const job = jobOf(1);

	it.each([
		[[], /^Nothing was sent\.$/],
		[[job], new RegExp(`^Nothing more was sent\\.[^]*line 2 .item 1.: ${idOf(1)}$`)],
	])('names the jobs of an earlier try: %j', (jobs, text) => {
		const { description, data } = reportFailure(badBatch([[4, [problem('Prompt')]]], jobs));
		expect(description).toMatch(text);
		expect(data.jobs).toEqual(jobs);
	});

	it('names every field of several items, in their order', () => {
		const { message, description } = reportFailure(
			badBatch([
				[3, [problem('Duration')]],
				[1, [problem('Prompt'), problem('Model')]],
			]),
		);
		expect(description).toMatch(/item 1.*Prompt[^]*item 1.*Model[^]*item 3.*Duration/);
		expect(message).toMatch(
			/^Line 2 \(item 1\): Prompt is wrong \(and 2 more\)\. Nothing was sent\.$/,
		);
	});

	it('puts ten in words and counts the rest', () => {
		const problems = Array.from(
			{ length: 300 },
			(_, item): [number, [ReturnType<typeof problem>]] => [item, [problem(`Field${item};`)]],
		);
		const { message, description, data } = reportFailure(badBatch(problems));
		const named = problems.filter(([item]) => description.includes(`Field${item};`));
		expect(named.map(([item]) => item)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
		expect(description).toContain('290');
		expect(message).toContain('299');
		expect(data.failures.map(({ item }) => item)).toEqual(many(100, done).map(([item]) => item));
	});
});
