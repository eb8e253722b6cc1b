import { optionsOf } from '../../../../nodes/TencentVidu/descriptions/options';
import {
	mediaProcessing,
	videoCreation,
} from '../../../../nodes/TencentVidu/descriptions/services';
import { triggerOptions } from '../../../../nodes/TencentVidu/descriptions/trigger';
import type { ParameterSource } from '../../../../nodes/TencentVidu/request/readParameters';
import { OptionsReader } from '../../../../nodes/TencentVidu/request/readOptions';

const { get: getOptions, submit: submitOptions, wait: waitOptions } = optionsOf(videoCreation);

const DEFAULTS = {
	...{ requestsPerSecond: 20, maxCapacityWait: 10, resubmitAfterLostAnswer: false },
	...{ binaryField: 'data', onFailedJob: 'error', pollInterval: 5, timeout: 15 },
	...{ downloadVideo: true, dropRepeats: true, signCallbackUrl: true, reference: '' },
};

/** Parameters that hold no expression. */
const sourceOf = (valueOf: (name: string) => unknown): ParameterSource => ({
	valueOf: ({ name }) => valueOf(name),
	rawOf: ({ name }) => valueOf(name),
});

const generate = new OptionsReader([waitOptions, submitOptions]);

it.each<[Record<string, unknown>, object]>([
	[{}, {}],
	[{ binaryField: ' ', pollInterval: null, timeout: '', onFailedJob: undefined }, {}],
	[{ requestsPerSecond: '0.5' }, { requestsPerSecond: 0.5 }],
	[
		{ maxCapacityWait: 0, timeout: 0 },
		{ maxCapacityWait: 0, timeout: 0 },
	],
	[{ resubmitAfterLostAnswer: 'true' }, { resubmitAfterLostAnswer: true }],
	[
		{ pollInterval: ' 60 ', onFailedJob: 'item' },
		{ pollInterval: 60, onFailedJob: 'item' },
	],
	[
		{ binaryField: 'film', downloadVideo: false },
		{ binaryField: 'film', downloadVideo: false },
	],
])('reads %j', (given, expected) =>
	expect(generate.read(sourceOf(() => given)).options).toMatchObject({ ...DEFAULTS, ...expected }),
);

it('takes the default of Requests per Second from the service', () => {
	const { submit, generate: generateOptions } = optionsOf(mediaProcessing);
	for (const collection of [submit, generateOptions]) {
		const { options } = new OptionsReader([collection]).read(sourceOf(() => ({})));
		expect(options?.requestsPerSecond).toBe(10);
	}
});

it.each([
	['Get', [getOptions], false],
	['the trigger', [triggerOptions], false],
	['Generate', [waitOptions, submitOptions], true],
])('takes the default of Download Video from the rows of %s', (_, collections, downloadVideo) => {
	const { options } = new OptionsReader(collections).read(sourceOf(() => ({})));
	expect(options?.downloadVideo).toBe(downloadVideo);
});

it.each<[string, Record<string, unknown>]>([
	['Options > Requests per Second', { requestsPerSecond: 0 }],
	['Options > Max Wait for Capacity', { maxCapacityWait: -1 }],
	['Options > Resubmit After Lost Answer', { resubmitAfterLostAnswer: 'maybe' }],
	['Options > Callback Reference', { reference: 'x'.repeat(201) }],
	['Wait Options > Put Output File in Field', { binaryField: ['data', 'more'] }],
	['Wait Options > Download Video', { downloadVideo: 'x' }],
	['Wait Options > Poll Interval', { pollInterval: 0.5 }],
	['Wait Options > Timeout', { timeout: 'long' }],
	['Wait Options > On Failed Job', { onFailedJob: 'ignore' }],
])('names %s', (field, given) => {
	const problem = expect.stringMatching(/^(must be|may have) /) as string;
	const collection = field.startsWith('Wait') ? 'waitOptions' : 'options';
	const read = generate.read(sourceOf((name) => (name === collection ? given : {})));
	expect(read).toEqual({ problems: [{ field, problem }] });
});
