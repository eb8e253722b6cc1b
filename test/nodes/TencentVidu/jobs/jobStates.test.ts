import { findRunning, type JobState } from '../../../../nodes/TencentVidu/jobs/jobStates';

const never = new AbortController().signal;
const idsOf = (count: number) => Array.from({ length: count }, (_, index) => String(index));

/** Looks for a running job; which jobs were asked for. */
async function find(states: Record<string, JobState>, count: number, signal = never) {
	const asked: string[] = [];
	const found = await findRunning(
		idsOf(count),
		async (jobId) => {
			asked.push(jobId);
			return await Promise.resolve(states[jobId] ?? 'ended');
		},
		signal,
	);
	return { found, asked };
}

it('asks for one job if that one runs', async () => {
	const { found, asked } = await find({ 0: 'running' }, 300);
	expect(found).toEqual({ state: 'running', jobId: '0' });
	expect(asked).toEqual(['0']);
});

it('asks for all once if all have ended', async () => {
	const { found, asked } = await find({}, 57);
	expect(found).toEqual({ state: 'ended' });
	expect(asked).toEqual(idsOf(57));
});

it.each<[JobState, JobState]>([
	['unknown', 'ended'],
	['ended', 'unknown'],
])('does not know all if one is not known: %s, %s', async (first, last) => {
	const { found } = await find({ 0: first, 9: last }, 10);
	expect(found).toEqual({ state: 'unknown' });
});

it('asks for nobody after its signal', async () => {
	const controller = new AbortController();
	controller.abort();
	expect(await find({}, 3, controller.signal)).toEqual({ found: { state: 'unknown' }, asked: [] });
});
