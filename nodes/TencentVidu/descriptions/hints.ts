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
			'This Callback URL does not use https: others on the network can read the URL of the video in the callback.',
		type: 'info',
		location: 'ndv',
		whenToDisplay: 'always',
		displayCondition: callbackUrlIs(String.raw`http:\/\/(?!${PRIVATE})`),
	},
];
