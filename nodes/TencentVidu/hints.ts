import type { NodeHint } from 'n8n-workflow';

/** Addresses that only the own network knows; the vendor posts from the internet. */
const PRIVATE = String.raw`(localhost|127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|\[)`;

const callbackUrlIs = (pattern: string) =>
	`={{ /^${pattern}/i.test($parameter.additionalFields?.callbackUrl ?? "") }}`;

/** What the editor says beside the node before anything is paid, without refusing it. */
export const hints: NodeHint[] = [
	{
		message:
			'Tencent Cloud cannot reach this Callback URL from the internet. Use an address of your n8n that is public, or a tunnel.',
		type: 'warning',
		location: 'ndv',
		whenToDisplay: 'always',
		displayCondition: callbackUrlIs(String.raw`https?:\/\/${PRIVATE}`),
	},
	{
		message:
			'This Callback URL is not https: on its way, others can read the address of the video in it.',
		type: 'info',
		location: 'ndv',
		whenToDisplay: 'always',
		displayCondition: callbackUrlIs(String.raw`http:\/\/(?!${PRIVATE})`),
	},
];
