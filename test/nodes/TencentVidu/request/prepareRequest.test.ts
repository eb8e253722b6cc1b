import type { BinaryReader } from '../../../../nodes/TencentVidu/request/images';
import { operationsOf, resources } from '../../../../nodes/TencentVidu/descriptions/resources';
import {
	type PlanDelivery,
	prepareRequest,
} from '../../../../nodes/TencentVidu/request/prepareRequest';
import { FieldSchema } from '../../../../nodes/TencentVidu/request/fieldSchema';

const MB = 1024 * 1024;
const operation = resources.flatMap(operationsOf).find(({ createsJob }) => createsJob);
const schema = new FieldSchema(operation?.fields ?? []);

/** Fields whose names tell what is in them: `a:5` holds five bytes. */
class Binaries implements BinaryReader {
	readonly read = jest.fn(
		async (field: string) => await Promise.resolve(Buffer.alloc(this.size(field), field)),
	);

	describe = (field: string) => ({ mimeType: 'image/png', data: 'filesystem', id: field });

	storedBytes = async (id: string) => await Promise.resolve(this.size(id));

	private readonly size = (field: string) => Number(field.split(':')[1]);
}

const asItIs: PlanDelivery = () => ({ problems: [] });

const prepare = async (
	body: Record<string, unknown>,
	reader = new Binaries(),
	planDelivery: PlanDelivery | undefined = asItIs,
) => await prepareRequest(body, { schema, site: 'china', reader, planDelivery });

/** Of a body that is known to be right. */
async function prepared(body: Record<string, unknown>, reader?: Binaries) {
	const answer = await prepare(body, reader);
	if (answer.problems) throw new Error(JSON.stringify(answer.problems));
	return answer.request;
}

const url = 'https://example.com/a.png';
const dataUri = (field: string, size: number) =>
	`data:image/png;base64,${Buffer.alloc(size, field).toString('base64')}`;

it('makes the very body of what was set', async () => {
	const request = await prepared({ Images: [` ${url} `], Prompt: '海浪', Duration: '5', Bgm: '' });
	const text = String(await request.payload());
	expect(JSON.parse(text)).toEqual({ Images: [url], Prompt: '海浪', Duration: 5 });
	expect(request.bytes).toBe(Buffer.byteLength(text));
});

it('makes {} of nothing', async () => {
	const answer = await prepareRequest(
		{},
		{ schema, site: 'international', reader: new Binaries(), planDelivery: asItIs },
	);
	expect(answer.problems).toBeUndefined();
	expect('request' in answer && String(await answer.request.payload())).toBe('{}');
});

it('reads images only when the text is asked for, and keeps their order', async () => {
	const reader = new Binaries();
	const images = [{ binaryField: 'a:30' }, { binaryField: 'b:20' }];
	const request = await prepared({ Images: images }, reader);
	expect(reader.read).not.toHaveBeenCalled();
	expect(JSON.parse(String(await request.payload()))).toEqual({
		Images: [dataUri('a:30', 30), dataUri('b:20', 20)],
	});
	const mixed = await prepared({ Images: [url, images[0]] }, reader);
	expect(JSON.parse(String(await mixed.payload()))).toEqual({ Images: [url, dataUri('a:30', 30)] });
});

it('knows the size beforehand to within a few bytes', async () => {
	const request = await prepared({ Images: [{ binaryField: 'a:100000' }], Prompt: 'p' });
	const { length } = String(await request.payload());
	expect(Math.abs(request.bytes - length)).toBeLessThan(100);
});

describe('problems', () => {
	it.each<[string, Record<string, unknown>, string[]]>([
		['no image', {}, ['First Frame URL']],
		['a rule', { Images: [url], Duration: 12 }, ['Additional Fields > Duration']],
		['an empty last frame', { Images: [url, ''] }, ['Last Frame URL']],
		[
			'a binary image too large',
			{ Images: [{ binaryField: `a:${8 * MB}` }] },
			['First Frame Input Binary Field'],
		],
		[
			'two images too large together',
			{ Images: [{ binaryField: `a:${4 * MB}` }, { binaryField: `b:${4 * MB}` }] },
			['First Frame Input Binary Field'],
		],
		['a data URI too large', { Images: [dataUri('a', 8 * MB)] }, ['First Frame URL']],
		[
			'several',
			{ Images: [{ binaryField: `a:${8 * MB}` }, 'x'], Audio: true },
			['Additional Fields > Audio', 'First Frame Input Binary Field', 'Last Frame URL'],
		],
	])('names the fields of %s', async (_, body, fields) => {
		const { problems } = await prepare(body).then((one) => ({ problems: [], ...one }));
		expect(problems.map(({ field }) => field).sort()).toEqual(fields);
	});

	it('takes an image that fits just so, and refuses the next larger', async () => {
		const most = Math.floor(((10 * MB - 100) / 4) * 3);
		expect((await prepared({ Images: [{ binaryField: `a:${most}` }] })).bytes).toBeLessThan(
			10 * MB,
		);
		const { problems } = await prepare({ Images: [{ binaryField: `a:${most + 200}` }] });
		expect(problems).toHaveLength(1);
	});

	it('never prepares a request whose text is larger than the service takes', async () => {
		const reader = new Binaries();
		for (let size = 7_864_200; size < 7_864_330; size += 10) {
			const answer = await prepare({ Images: [{ binaryField: `a:${size}` }] }, reader);
			if (answer.problems) continue;
			expect(String(await answer.request.payload()).length).toBeLessThanOrEqual(10 * MB);
		}
	});

	it('does not judge a question by the rules of a job', async () => {
		const read = await prepareRequest({}, { schema, site: 'china', reader: new Binaries() });
		expect(read).not.toHaveProperty('problems');
	});
});
