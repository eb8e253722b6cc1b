import { readSettings } from '../../../../nodes/TencentVidu/descriptions/options';

const DEFAULTS = {
	...{ requestsPerSecond: 20, maxCapacityWait: 10, resubmitAfterLostAnswer: false },
	...{ binaryField: 'data', onFailedJob: 'error', pollInterval: 5, timeout: 15 },
};

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
	expect(readSettings(given, given)).toMatchObject({ settings: { ...DEFAULTS, ...expected } }),
);

it('leaves it to the operation whether to download unless the user says', () => {
	expect(readSettings({}, {})).not.toHaveProperty('settings.downloadVideo');
});

it.each<[string, Record<string, unknown>]>([
	['Options > Requests per Second', { requestsPerSecond: 0 }],
	['Options > Max Wait for Capacity', { maxCapacityWait: -1 }],
	['Options > Resubmit After Lost Answer', { resubmitAfterLostAnswer: 'maybe' }],
	['Options > Put Output File in Field', { binaryField: ['data'] }],
	['Wait Options > Download Video', { downloadVideo: 'x' }],
	['Wait Options > Poll Interval', { pollInterval: 0.5 }],
	['Wait Options > Timeout', { timeout: 'long' }],
	['Wait Options > On Failed Job', { onFailedJob: 'ignore' }],
])('names %s', (field, given) => {
	const problem = expect.stringMatching(/^must be /) as string;
	const isWaiting = field.startsWith('Wait');
	const read = readSettings(isWaiting ? {} : given, isWaiting ? given : {});
	expect(read).toEqual({ problems: [{ field, problem }] });
});
