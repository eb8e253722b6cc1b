import { operationsOf, resources } from '../../../../nodes/TencentVidu/descriptions/resources';
import { withFieldLabels } from '../../../../nodes/TencentVidu/execution/refusedFields';
import type { Image } from '../../../../nodes/TencentVidu/request/image';
import { FieldSchema } from '../../../../nodes/TencentVidu/request/fieldSchema';

const fields = resources
	.flatMap(operationsOf)
	.find(({ value, createsJob }) => createsJob && value === 'submit')?.fields;
const schema = new FieldSchema(fields ?? []);

const binary = { binaryField: 'data' };
const url = { url: 'https://e.com/a.png' };

const refused = (code: string, vendorText: string, values: Record<string, unknown> = {}) =>
	withFieldLabels({ code, vendorText, message: 'No', fate: { kind: 'refused' } }, schema, values)
		.message;

type Path = Array<string | number>;

describe('the message of a refusal begins with the labels of the fields that it names', () => {
	it.each<[string, string, Path[]]>([
		['InvalidParameterValue', 'The parameter `Duration` is invalid', [['Duration']]],
		['UnknownParameter', 'The parameter `LogoAdd` is not recognized.', [['LogoAdd']]],
		['MissingParameter', 'Prompt', [['Prompt']]],
		['InvalidParameterValue.Model', '', [['Model']]],
		['InvalidParameterValue.InvalidVideoResolution', '', [['Resolution']]],
		['InvalidParameter', 'Duration 16 does not suit Model viduq2', [['Model'], ['Duration']]],
		['InvalidParameter', 'LogoParam.LogoRect.Width', [['LogoParam', 'LogoRect', 'Width']]],
		['InvalidParameter', 'LogoUrl is wrong', [['LogoParam', 'LogoUrl']]],
		['InvalidParameter', 'LogoParam is wrong', [['LogoParam']]],
		['InvalidParameter', '<b>Prompt</b>\r\n: $& %s', [['Prompt']]],
	])('%s %s', (code, text, paths) => {
		const labels = paths.map((path) => schema.label(path));
		expect(refused(code, text)).toBe(`${labels.join(', ')}: No`);
	});

	it.each<[string, Image[], Path[]]>([
		['Images', [binary], [['Images', 0]]],
		[
			'Images',
			[url, binary],
			[
				['Images', 0],
				['Images', 1],
			],
		],
		['Images.1', [url, binary], [['Images', 1]]],
		['Images[1]', [binary, url], [['Images', 1]]],
	])('%s of %j', (text, Images, paths) => {
		const labels = paths.map((path) => schema.label(path, { Images }));
		expect(refused('InvalidParameter', text, { Images })).toBe(`${labels.join(', ')}: No`);
	});

	it('three of them at most', () => {
		expect(refused('InvalidParameter', 'Prompt, Model, Duration, Audio').split(', ')).toHaveLength(
			3,
		);
	});
});

it.each([
	['InvalidParameter', 'The duration is wrong, and MyModel, too'],
	['InvalidParameter', 'The header `X-TC-Timestamp` is not a time. Width'],
	['FailedOperation.ImageDecodeFailed', 'Images'],
	['AuthFailure.SecretIdNotFound', 'Model'],
])('nothing is added to %s: %j', (code, text) => expect(refused(code, text)).toBe('No'));

it('only the beginning of a text is searched', () => {
	expect(refused('InvalidParameter', `${' '.repeat(3_000)}Prompt`)).toBe('No');
});
