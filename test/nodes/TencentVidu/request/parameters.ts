import type { ParameterSource } from '../../../../nodes/TencentVidu/request/readParameters';

type Given = Record<string, unknown>;

const FIRST_SCREEN = ['prompt', 'model', 'duration', 'resolution', 'callbackUrl', 'jobId'];

const isPlain = (value: unknown): value is Given =>
	typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** The names that the node's settings have for the vendor's. */
const renamed = (value: unknown): unknown =>
	isPlain(value)
		? Object.fromEntries(Object.entries(value).map(([name, one]) => [lower(name), renamed(one)]))
		: value;

const frame = (which: 'first' | 'last', image: unknown): Given =>
	isPlain(image) && 'binaryField' in image
		? { [`${which}FrameSource`]: 'binary', [`${which}FrameBinaryField`]: image.binaryField }
		: { [`${which}FrameSource`]: 'url', [`${which}FrameUrl`]: image };

/** The settings of Image to Video that make a body. */
export function settingsOf({ Images, ...body }: Given): Given {
	const images: unknown[] = Array.isArray(Images) ? Images : [];
	const settings: Given = { frames: ['none', 'first', 'firstAndLast'][images.length] };
	const additionalFields: Given = {};
	for (const [name, value] of Object.entries(body)) {
		const own = lower(name);
		const isFirst = FIRST_SCREEN.includes(own);
		Object.assign(isFirst ? settings : additionalFields, {
			[own]: name === 'LogoParam' ? renamed(value) : value,
		});
	}
	return {
		...{ sendResultTo: 'url', additionalFields },
		...settings,
		...(images.length > 0 && frame('first', images[0])),
		...(images.length > 1 && frame('last', images[1])),
	};
}

/** Settings as n8n gives them; `raw` are those that are expressions. */
export const sourceOf = (values: Given, raw: Given = {}, mayLeaveOut = false): ParameterSource => ({
	valueOf: ({ name, default: value }) => (Object.hasOwn(values, name) ? values[name] : value),
	rawOf: ({ name }) => raw[name],
	mayLeaveOut,
});
