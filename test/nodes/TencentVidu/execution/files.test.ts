import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IBinaryData, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { toolOf } from '../../../support/engine/nodeRun';
import { type RunOptions, runToEnd } from '../../../support/engine/serviceRun';
import { useVirtualService } from '../../../support/engine/virtualService';
import { virtualTime } from '../../../support/engine/virtualTime';
import { PERMANENT_ACCOUNT } from '../../../support/fake/accounts';
import { IMAGES, pngOf, uriOf } from '../request/binaries';

jest.mock('../../../../nodes/TencentVidu/clock', () =>
	jest
		.requireActual<{ onVirtualTime: () => object }>('../../../support/engine/onVirtualTime')
		.onVirtualTime(),
);

const service = useVirtualService();

const png = pngOf(900);
const PNG = png.toString('base64');
const pngUri = uriOf(png);
const url = 'https://example.com/first.png';
const GONE = 'filesystem-v2:workflows/x/executions/1/binary_data/none';

type File = Partial<IBinaryData>;

const itemOf = (file: File = {}, json = {}): INodeExecutionData => ({
	json,
	binary: { data: { data: PNG, mimeType: 'image/png', ...file } },
});

/** The body that the service was sent, or the error that says that it was sent nothing. */
async function submitted(parameters: INodeParameters, item = itemOf(), more: RunOptions = {}) {
	const { error } = await runToEnd(service.fake, {
		items: [item],
		...more,
		parameters: { prompt: '', ...parameters },
	});
	if (error?.description?.includes('Nothing was sent')) expect(service.fake.requests).toEqual([]);
	return { body: service.fake.requests[0]?.body, error: error?.message ?? '' };
}

const fromFile = { firstFrameSource: 'binary' };
const more = (additionalFields: INodeParameters) => ({ firstFrameUrl: url, additionalFields });

describe('files', () => {
	it.each<[string, File, string]>([
		['of no declared type', { mimeType: 'application/octet-stream', fileName: 'a.png' }, pngUri],
		['with a parameter of the type', { mimeType: 'image/png; charset=binary' }, pngUri],
		['under another type', { mimeType: 'image/jpeg' }, pngUri],
		[
			'as a browser saves them',
			{
				data: IMAGES['image/jpeg'].toString('base64'),
				mimeType: 'image/pjpeg',
				fileName: 'a.jfif',
			},
			uriOf(IMAGES['image/jpeg'], 'image/jpeg'),
		],
		['in lines', { data: PNG.replace(/.{76}/g, '$&\n') }, pngUri],
		['as data URIs', { data: pngUri }, pngUri],
	])('%s are sent', async (_, file, Images) => {
		expect((await submitted(fromFile, itemOf(file))).body).toEqual({ Images: [Images] });
	});

	it.each<[string, File, RegExp]>([
		['a page', { data: Buffer.from('<html>403').toString('base64') }, /"data" looks like HTML/],
		[
			'fields of a request',
			{ data: `iVBORw0KGgo="],"Model":"viduq3-pro","Images":["data:image/png;base64,${PNG}` },
			/not encoded as Base64/,
		],
		['a deleted file', { data: 'filesystem-v2', id: GONE }, /n8n no longer has the file/],
		['no data', { data: '', id: '' }, /is empty/],
		['another machine', { data: 's3', id: 's3:workflows/1' }, /n8n no longer has the file/],
	])('that are %s are refused', async (_, file, problem) => {
		const { error } = await submitted(fromFile, itemOf(file));
		expect(error).toMatch(/^Input Binary Field /);
		expect(error).toMatch(problem);
	});

	it('of the store are sent by their bytes, whatever names them', async () => {
		const store = Container.get(BinaryDataService);
		const at = { type: 'execution' as const, workflowId: 'test', executionId: '1' };
		const file = await store.store(at, png, { data: '', mimeType: 'text/html' });
		expect(file.id).toBeDefined();
		const item = itemOf(file);
		const Images = [pngUri, pngUri];
		const both = { ...fromFile, frames: 'firstAndLast', lastFrameSource: 'binary' };
		const named = { lastFrameBinaryField: '={{ $("Items").item.binary.data }}' };
		expect((await submitted({ ...both, ...named }, item)).body).toEqual({ Images });
	});

	it.each([
		'={{ $("Items").item.binary.data }}',
		'={{ { data: $("Items").item.binary.data.data } }}',
	])('may be named by %s', async (firstFrameBinaryField) => {
		const { body } = await submitted({ ...fromFile, firstFrameBinaryField });
		expect(body).toEqual({ Images: [pngUri] });
	});

	it('that are not there: the error lists the names that are', async () => {
		const { data } = itemOf().binary ?? {};
		const item = { json: {}, binary: { ____: data, photo: data } } as INodeExecutionData;
		const { error } = await submitted(fromFile, item);
		expect(error).toMatch(/"data"\. The item has: "____", "photo"\./);
		expect((await submitted(fromFile, { json: {} })).error).toContain('has no binary data');
	});

	it.each([
		[`data:image/png;charset=utf-8;base64,${PNG}`],
		[`data:image/gif;base64,\n${PNG.replace(/.{76}/g, '$&\r\n')}`],
		[`data:image/png;base64,${png.toString('base64url')}`],
	])('in a URL field are decoded: %.40s', async (firstFrameUrl) => {
		expect((await submitted({ firstFrameUrl })).body).toEqual({ Images: [pngUri] });
	});

	it('too large: the error names the one that is', async () => {
		const last = { lastFrameSource: 'binary', frames: 'firstAndLast', firstFrameUrl: url };
		const item = itemOf({ data: pngOf(10_000_000).toString('base64') });
		expect((await submitted(last, item)).error).toMatch(
			/^Last Image Input Binary Field makes the request 12\.7 MB large/,
		);
	});
});

const NOTHING = /has an expression that returns nothing for this item/;
const nope = '={{ $json.nope }}';

describe('an expression that returns nothing', () => {
	const names = Object.entries({
		...{ audio: 'Audio', audioType: 'Audio Type', bgm: 'Background Music', voiceId: 'Voice ID' },
		...{ metaData: 'Metadata', movementAmplitude: 'Movement Amplitude', offPeak: 'Off-Peak' },
		...{ isRec: 'Recommended Prompt', logoAdd: 'AI Watermark', payload: 'Your Own Text (Payload)' },
	});

	it.each<[string, INodeParameters]>([
		['Prompt', { prompt: nope, firstFrameUrl: url }],
		['Images', { frames: nope }],
		['Model', { firstFrameUrl: url, model: nope }],
		['Resolution', { firstFrameUrl: url, resolution: nope }],
		['Send Result To', { firstFrameUrl: url, sendResultTo: nope }],
		['Trigger Path', { firstFrameUrl: url, sendResultTo: 'trigger', triggerPath: nope }],
		['Callback URL', { firstFrameUrl: url, sendResultTo: 'url', callbackUrl: nope }],
		['Image From', { firstFrameSource: nope }],
		['Image URL', { firstFrameUrl: nope }],
		['Input Binary Field', { ...fromFile, firstFrameBinaryField: nope }],
		...names.map(([name, label]): [string, INodeParameters] => [
			`Additional Fields > ${label}`,
			more({ [name]: nope }),
		]),
		[
			'Additional Fields > Watermark Image > Position and Size > X',
			more({ logoParam: { logoRect: { x: '={{ null }}' } } }),
		],
		['Duration (Seconds)', { firstFrameUrl: url, duration: '={{ Number("x") }}' }],
		['Options > Requests per Second', { ...more({}), options: { requestsPerSecond: nope } }],
		['Options > Callback Reference', { ...more({}), options: { reference: nope } }],
	])('is an error of %s', async (label, parameters) => {
		const { error } = await submitted(parameters);
		expect(error).toMatch(NOTHING);
		expect(error.startsWith(`${label} has`)).toBe(true);
		expect(error).not.toContain('more)');
	});

	it.each([
		['Job ID', { operation: 'get', jobId: nope }],
		[
			'Options > Download Video',
			{ operation: 'get', jobId: '1', options: { downloadVideo: nope } },
		],
		[
			'Wait Options > Timeout',
			{ ...more({}), operation: 'generate', waitOptions: { timeout: nope } },
		],
	])('is an error of %s', async (label, parameters) => {
		expect((await submitted(parameters)).error).toMatch(new RegExp(`^${label} ${NOTHING.source}`));
	});

	it.each([
		["''", more({ offPeak: '={{ "" }}', payload: '={{ $json.nope ?? "" }}' })],
		['a field that is not shown', { firstFrameUrl: url, lastFrameUrl: nope }],
	])('is none: %s', async (_, parameters) => {
		expect((await submitted(parameters)).body).toEqual({ Images: [url] });
	});

	it('is unset for the model of an agent', async () => {
		const call = toolOf({
			parameters: { operation: 'submit', ...more({ payload: nope, offPeak: nope }), prompt: nope },
			credentials: { ...PERMANENT_ACCOUNT, site: 'china', endpoint: service.fake.url },
		});
		await virtualTime.until(call({}));
		expect(service.fake.requests[0]?.body).toEqual({ Images: [url] });
	});
});

describe('words of a table', () => {
	const json = { row: { a: 1 } };

	it.each<[INodeParameters, object]>([
		[{ offPeak: '=TRUE' }, { OffPeak: true }],
		[
			{ offPeak: '="TRUE"', audioType: '="SPEECH_ONLY"' },
			{ OffPeak: true, AudioType: 'speech_only' },
		],
		[
			{ offPeak: '={{ "TRUE" }}', bgm: '={{ 0 }}' },
			{ OffPeak: true, Bgm: false },
		],
		[{ logoAdd: '={{ "No" }}' }, { LogoAdd: 0 }],
	])('%j is taken', async (additional, body) => {
		expect((await submitted(more(additional))).body).toEqual({ Images: [url], ...body });
	});

	it.each<[INodeParameters, object]>([
		[{ resolution: '={{ "1080P" }}' }, { Resolution: '1080p' }],
		[{ resolution: '="1080P"' }, { Resolution: '1080p' }],
		[{ duration: '={{ " 5.0 " }}' }, { Duration: 5 }],
		[{ model: '={{ " Vidu Q3 Pro\u200b" }}' }, { Model: 'viduq3-pro' }],
		[
			{ model: '=VIDUQ3‑Pro', duration: 16 },
			{ Model: 'viduq3-pro', Duration: 16 },
		],
		[{ model: '={{ "\\uFEFFviduq9 " }}' }, { Model: 'viduq9' }],
		[{ sendResultTo: '={{ " NOWHERE: fetch it with get (china)" }}' }, {}],
	])('%j is taken', async (parameters, body) => {
		const seen = await submitted({ firstFrameUrl: url, ...parameters });
		expect(seen.body).toEqual({ Images: [url], ...body });
	});

	it.each<[INodeParameters, RegExp]>([
		[
			{ ...more({}), model: '={{ " ViduQ2-Pro " }}', duration: 16 },
			/Duration \(Seconds\) may be 10 seconds/,
		],
		[{ ...more({}), prompt: '=A video of {{ $json }}' }, /^Prompt contains \[object Object\]/],
		[{ firstFrameUrl: '=https://e.com/{{ $json }}' }, /^Image URL contains \[object Object\]/],
		[more({ payload: '={{ String($json.row) }}' }), /\(Payload\) contains \[object Object\]/],
		[more({ metaData: '={{ \'{"a":"\' + $json.row + \'"}\' }}' }), /Metadata contains \[obj/],
		[{ ...more({}), model: '={{ "" + $json.row }}' }, /Model contains \[object Object\]/],
		[{ ...more({}), prompt: '={{ "🎬".slice(0, 1) }}' }, /^Prompt contains half a character/],
		[{ ...more({}), prompt: '={{ "a\\u0000" }}' }, /^Prompt contains half a character or a NUL/],
	])('%j is refused', async (parameters, problem) => {
		expect((await submitted(parameters, itemOf({}, json))).error).toMatch(problem);
	});

	const ID = '1882556293138350081';

	it.each([`'${ID}`, `\uFEFF"${ID}"\u00a0`, `\u200b${ID}’ \n`])('%j is a Job ID', async (jobId) => {
		await submitted({ operation: 'get', jobId: `={{ ${JSON.stringify(jobId)} }}` });
		expect(service.fake.requests[0]?.body).toEqual({ JobId: ID });
	});

	it.each([
		['1.88E+18', /spreadsheet has rounded it.*as text/],
		['1,88256e18', /spreadsheet has rounded it.*as text/],
		['1882556293138350000', /last digits by 0.*as text/],
		[1882556293138350081, /too large for its digits/],
		["''", /is empty/],
	])('%j is no Job ID', async (jobId, problem) => {
		const { error } = await submitted({
			operation: 'get',
			jobId: `={{ ${JSON.stringify(jobId)} }}`,
		});
		expect(error).toMatch(/^Job ID /);
		expect(error).toMatch(problem);
	});
});
