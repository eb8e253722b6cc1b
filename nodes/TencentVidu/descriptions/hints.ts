import type { IBuilderHint, NodeHint } from 'n8n-workflow';

/** Addresses that only the own network knows; the vendor is on the internet. */
const PRIVATE = String.raw`(localhost|127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|\[)`;

const IMAGES =
	'[$parameter.firstFrameUrl, $parameter.lastFrameUrl, $parameter.referenceImageUrls].flat()';

const CALLBACK = '[$parameter.sendResultTo === "url" ? $parameter.callbackUrl : ""]';

/** Shows a text beside the node if one of the addresses matches. */
const hint = (
	type: 'info' | 'warning',
	message: string,
	[addresses, pattern]: [string, string],
): NodeHint => ({
	...{ message, type, location: 'ndv', whenToDisplay: 'always' },
	displayCondition: `={{ ${addresses}.some((url) => /^${pattern}/i.test(url ?? "")) }}`,
});

/** What the editor says beside the node before anything is paid, without refusing it. */
export const hints: NodeHint[] = [
	hint(
		'warning',
		'Tencent Cloud cannot reach this Callback URL from the internet. Use an address of your n8n that is public, or a tunnel.',
		[CALLBACK, String.raw`https?:\/\/${PRIVATE}`],
	),
	hint(
		'info',
		'This Callback URL does not use https: others on the network can read the URL of the video in the callback.',
		[CALLBACK, String.raw`http:\/\/(?!${PRIVATE})`],
	),
	hint(
		'warning',
		'This Callback URL is the test URL of n8n. It works only while the editor waits for a test event. Use the production URL.',
		[CALLBACK, String.raw`https?:\/\/[^?#]*\/webhook-test\/`],
	),
	hint(
		'warning',
		'Tencent Cloud cannot reach this image from the internet. Use a public URL, or the file itself by Binary File.',
		[IMAGES, String.raw`https?:\/\/${PRIVATE}`],
	),
];

/** What n8n's AI workflow builder reads; versions that do not know the key ignore it. */
export const builderHint: IBuilderHint = {
	searchHint:
		'Makes AI videos with Vidu on Tencent Cloud: from an image, from text, or from reference images. Every run with Generate or Submit costs money. Prefer Generate, which returns the finished video.',
	relatedNodes: [
		{
			nodeType: 'n8n-nodes-tencent-vidu.tencentViduTrigger',
			relationHint:
				'Starts a workflow when a job of Submit with Send Result To: Vidu Trigger is done',
		},
	],
};
