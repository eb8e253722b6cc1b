import { toolOf } from '../../../support/engine/nodeRun';
import { SUBMIT } from '../../../support/engine/serviceRun';
import { useVirtualEngine } from '../../../support/engine/virtualEngine';
import { virtualTime } from '../../../support/engine/virtualTime';
import { PERMANENT_ACCOUNT } from '../../../support/fake/accounts';
import { type Fake, startFake } from '../../../support/fake/server';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

let fake: Fake;

useVirtualEngine();

beforeEach(async () => {
	fake = await startFake({ clock: virtualTime, hostWithoutPort: false });
});

afterEach(async () => {
	await fake.close();
});

/** The agent itself was given three items; each of its calls is a run of one. */
const tool = (operation: string) =>
	toolOf({
		parameters: { ...SUBMIT, operation },
		credentials: { ...PERMANENT_ACCOUNT, site: 'china', endpoint: fake.url },
		items: [{ json: {} }, { json: {} }, { json: {} }],
	});

const during = async <T>(work: Promise<T>) => await virtualTime.until(work, () => fake.inFlight);

it('answers each call with its own job, equal or not, in turn or at once', async () => {
	const call = tool('submit');
	const first = await during(call({ prompt: 'A cat' }));
	const second = await during(call({ prompt: 'A cat' }));
	const both = await during(Promise.all([call({ prompt: 'A dog' }), call({ prompt: 'A dog' })]));
	const ids = [first, second, ...both].map((items) => items?.[0]?.json.JobId);
	expect(new Set(ids)).toEqual(new Set(fake.jobs.all().map(({ jobId }) => jobId)));
	expect(fake.jobs.all()).toHaveLength(4);
});

it('does not submit a lost one again when the call is repeated', async () => {
	fake.faults.add({ action: 'SubmitImageToVideoViduJob', fault: { kind: 'resetAfter' } });
	const call = tool('submit');
	for (let tries = 0; tries < 3; tries++) {
		await expect(during(call({ prompt: 'A cat' }))).rejects.toThrow('may have started');
	}
	expect(fake.jobs.all()).toHaveLength(1);
	await during(call({ prompt: 'A cat, changed' }));
	expect(fake.jobs.all()).toHaveLength(2);
});

it('gives the address of the video, and no file that an agent cannot take', async () => {
	const [item] = (await during(tool('generate')({ prompt: 'A cat' }))) ?? [];
	expect(item?.json).toMatchObject({
		JobId: fake.jobs.all()[0]?.jobId,
		Status: 'DONE',
		ResultVideoUrl: expect.stringContaining('/video/') as string,
	});
	expect(item?.binary).toBeUndefined();
});
