import type { INodeProperties } from 'n8n-workflow';

import type { Field } from './field';
import { sendResultTo, triggerPath } from './fields';
import type { Service } from './services';
import { triggerOptionRows } from './triggerOptions';

/** Every option of the nodes by its name. They are never sent. */
export const optionRows = {
	binaryField: {
		displayName: 'Put Output File in Field',
		name: 'binaryField',
		type: 'string',
		default: 'data',
		hint: 'The name of the output binary field to put the file in',
		description: 'The binary field that holds the video of a finished job',
	},
	callbackValidHours: {
		displayName: 'Callback Valid for Hours',
		name: 'callbackValidHours',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 8_760 },
		default: 72,
		description:
			'After how many hours a signed callback URL is refused. Off-peak jobs take up to 48.',
	},
	downloadVideo: {
		displayName: 'Download Video',
		name: 'downloadVideo',
		type: 'boolean',
		default: false,
		description:
			'Whether to put the video itself into the item, too. Its URL stops working after 24 hours.',
	},
	maxCapacityWait: {
		displayName: 'Max Wait for Capacity',
		name: 'maxCapacityWait',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 10_080 },
		default: 10,
		description:
			'For how many minutes to try again while Tencent Cloud refuses jobs because too many are running or asked for. Counts from the last job that was accepted, or from the first try.',
	},
	maxVideoSize: {
		displayName: 'Max Video Size',
		name: 'maxVideoSize',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 100_000 },
		default: 1_000,
		description: 'In megabytes. A larger video is not downloaded.',
	},
	onFailedJob: {
		displayName: 'On Failed Job',
		name: 'onFailedJob',
		type: 'options',
		options: [
			{
				name: 'Output an Item',
				value: 'item',
				description: 'With Status FAIL and the reason, like Get',
			},
			{
				name: 'Throw an Error',
				value: 'error',
				description: 'As set by On Error in the settings of the node',
			},
		],
		default: 'error',
		description: 'What to do when Tencent Cloud could not make the video',
	},
	pollInterval: {
		displayName: 'Poll Interval',
		name: 'pollInterval',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 3_600 },
		default: 5,
		description:
			'Seconds between two checks of a job. With many jobs the checks are rarer, so that they take half of Requests per Second at most.',
	},
	reference: {
		displayName: 'Callback Reference',
		name: 'reference',
		type: 'string',
		default: '',
		placeholder: 'e.g. order-4711',
		maxLength: 200,
		description:
			'A text of your own that comes back with the callback, up to 200 characters, different for each job. If not set, it is random.',
	},
	requestsPerSecond: {
		displayName: 'Requests per Second',
		name: 'requestsPerSecond',
		type: 'number',
		typeOptions: { minValue: 0.1, maxValue: 10_000 },
		default: 20,
		description:
			"The most requests that are sent in a second, over all items and all runs that use the same key. Tencent Cloud's own limit is 20.",
	},
	resubmitAfterLostAnswer: {
		displayName: 'Resubmit After Lost Answer',
		name: 'resubmitAfterLostAnswer',
		type: 'boolean',
		default: false,
		description:
			'Whether Retry On Fail may submit an item again whose answer was lost. The lost job may be running: you may pay for it twice.',
	},
	signCallbackUrl: {
		displayName: 'Sign Callback URL',
		name: 'signCallbackUrl',
		type: 'boolean',
		default: true,
		description:
			'Whether to add a reference and a signature to the callback URL. A Tencent Cloud Vidu Trigger refuses callbacks without them. The address of a Wait node is left as it is.',
	},
	submitWithoutCallback: {
		displayName: 'Submit Without Callback',
		name: 'submitWithoutCallback',
		type: 'boolean',
		default: false,
		description:
			'Whether to submit on the International site while Send Result To is Nowhere. Nothing but the Tencent Cloud console shows the result of such a job.',
	},
	timeout: {
		displayName: 'Timeout',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 10_080 },
		default: 15,
		description:
			'For how many minutes to wait for a video. If not set: 15 by polling, 1,440 by callback, 4,320 by callback with Off-Peak. The job goes on after that.',
	},
	waitBy: {
		displayName: 'Wait By',
		name: 'waitBy',
		type: 'options',
		options: [
			{
				name: 'Automatic',
				value: 'auto',
				description: 'Callback on the International site and with Off-Peak, otherwise polling',
			},
			{
				name: 'Callback',
				value: 'callback',
				description:
					'The run is stored until Tencent Cloud reports the jobs, and survives a restart of n8n. Needs n8n 2 at a public address.',
			},
			{
				name: 'Polling',
				value: 'polling',
				description: 'The run stays in memory and asks for each job (China site)',
			},
		],
		default: 'auto',
		description: 'How the node learns that a video is ready',
	},
	...triggerOptionRows,
	...{ sendResultTo, triggerPath },
} satisfies Record<string, Field>;

type OptionName = keyof typeof optionRows;

/** The rows of options, in the order of their labels. */
export const rowsOf = (...names: OptionName[]): Field[] => names.map((name) => optionRows[name]);

export const collection = (displayName: string, name: string, options: INodeProperties[]) =>
	({
		displayName,
		name,
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options,
	}) satisfies INodeProperties;

/** Rows of options that say what is different with a service. */
const serviceRows = ({ limits, videoHours, hasCallbacks }: Service): Record<string, Field> => {
	const { downloadVideo, pollInterval, requestsPerSecond, timeout } = optionRows;
	const { submit, describe } = limits;
	const ofChecks = describe === submit ? '' : `, and ${describe} for the checks of jobs`;
	return {
		downloadVideo: {
			...downloadVideo,
			description: `Whether to put the video itself into the item, too. Its URL stops working after ${videoHours} hours.`,
		},
		requestsPerSecond: {
			...requestsPerSecond,
			default: submit,
			description: `The most requests that are sent in a second, over all items and all runs that use the same key. Tencent Cloud's own limit is ${submit}${ofChecks}.`,
		},
		...(!hasCallbacks && {
			pollInterval: {
				...pollInterval,
				description:
					'Seconds between two checks of a job. With many jobs the checks are rarer, so that they take half of what Tencent Cloud allows at most.',
			},
			timeout: {
				...timeout,
				description:
					'For how many minutes to wait for a video. An off-peak job takes up to 2,880. The job goes on after that.',
			},
		}),
	};
};

const ONLY_WITH_CALLBACKS = new Set<OptionName>([
	...(['reference', 'callbackValidHours', 'signCallbackUrl'] as const),
	...(['submitWithoutCallback', 'waitBy'] as const),
]);

/** The collections of options of a service. */
export function optionsOf(service: Service) {
	const own = serviceRows(service);
	const rows = (...names: OptionName[]) =>
		names
			.filter((name) => service.hasCallbacks || !ONLY_WITH_CALLBACKS.has(name))
			.map((name): Field => own[name] ?? optionRows[name]);
	const [download] = rows('downloadVideo');
	return {
		submit: collection(
			'Options',
			'options',
			rows(
				...(['reference', 'callbackValidHours', 'maxCapacityWait', 'requestsPerSecond'] as const),
				...(['resubmitAfterLostAnswer', 'signCallbackUrl', 'submitWithoutCallback'] as const),
			),
		),
		generate: collection(
			'Options',
			'options',
			rows('maxCapacityWait', 'requestsPerSecond', 'resubmitAfterLostAnswer'),
		),
		get: collection('Options', 'options', rows('downloadVideo', 'maxVideoSize', 'binaryField')),
		wait: collection('Wait Options', 'waitOptions', [
			...(download ? [{ ...download, default: true }] : []),
			...rows('maxVideoSize', 'onFailedJob', 'pollInterval', 'binaryField', 'timeout', 'waitBy'),
		]),
	};
}
