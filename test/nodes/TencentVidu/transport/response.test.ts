import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import { OutboundHttp } from '@n8n/backend-network';
import { Container } from '@n8n/di';
import fc from 'fast-check';
import { NodeApiError, NodeOperationError, type INode, type JsonObject } from 'n8n-workflow';

import { classifyNetworkError } from '../../../../nodes/TencentVidu/transport/networkError';
import { parseResponse, quoteLongNumbers } from '../../../../nodes/TencentVidu/transport/response';

const ID = '1397428070633955328';
const NODE: INode = {
	id: 'n',
	name: 'Vidu',
	type: 'vidu',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

const parse = (body: unknown, statusCode = 200) =>
	parseResponse({ statusCode, body, date: 'Tue, 01 Jan 2030 00:00:00 GMT' });

describe('parseResponse', () => {
	const good = { Response: { JobId: ID, RequestId: 'r' } };
	const ok = { kind: 'ok', response: good.Response, requestId: 'r' };

	it.each<[string, unknown, number]>([
		['as text', JSON.stringify(good), 200],
		['as n8n may have parsed it', good, 200],
		['under an odd status', JSON.stringify(good), 502],
		['with its JobId as a number', `{"Response":{"JobId": ${ID} ,"RequestId":"r"}}`, 200],
		['broken off behind its ids', `{"Response":{"JobId":"${ID}","RequestId":"r","Cred`, 200],
		['broken off in another order', `{"Response":{"RequestId":"r","JobId" : "${ID}"`, 200],
		['broken off behind a JobId that is a number', `{"Response":{"RequestId":"r","JobId":${ID},"Cr`, 200], // prettier-ignore
		[
			'with its JobId as a fraction of nothing',
			`{"Response":{"JobId":${ID}.0,"RequestId":"r"}}`,
			200,
		],
		['broken off behind such a JobId', `{"Response":{"RequestId":"r","JobId":${ID}.0,"Cr`, 200],
		['beside its envelope', `{"JobId":${ID},"Response":{"RequestId":"r"}}`, 200],
		['with spaces around its JobId', `{"Response":{"JobId":" ${ID}\\n","RequestId":"r"}}`, 200],
		['without its envelope', JSON.stringify(good.Response), 200],
	])('finds the job in an answer %s', (_, body, status) => expect(parse(body, status)).toEqual(ok));

	it('finds a whole JobId though the RequestId was cut', () => {
		expect(parse(`{"Response":{"JobId":"${ID}","RequestId":"5d67`)).toEqual({
			kind: 'ok',
			response: { JobId: ID, RequestId: '' },
			requestId: '',
		});
	});

	it.each([`"${ID}"`, ID])('keeps the JobId %s that has an Error beside it', (id) => {
		const body = `{"Response":{"Error":{"Code":"InternalError"},"JobId":${id},"RequestId":"r"}}`;
		expect(parse(body)).toMatchObject({ kind: 'ok', response: { JobId: ID }, requestId: 'r' });
	});

	it.each<[string, unknown]>([
		['77', '77'],
		['77.0', '77'],
		[`${ID}.0`, ID],
		['["x"]', ['x']],
		['{"a":1}', { a: 1 }],
		['true', true],
	])('takes the JobId %s beside an Error for a job', (id, JobId) => {
		const body = `{"Response":{"Error":{"Code":"InternalError"},"JobId":${id},"RequestId":"r"}}`;
		expect(parse(body)).toMatchObject({ kind: 'ok', response: { JobId } });
	});

	it.each([
		['in Data', { Data: { JobId: '77' } }],
		['in the Error', { Error: { Code: 'X', JobId: '77' } }],
		['under another spelling', { jobId: '77' }],
		['as job_id', { job_id: 77 }],
		['behind a blank one', { JobId: ' ', Data: { JobId: '77' } }],
	])('takes a JobId %s beside an Error for a job', (_, more) => {
		const body = JSON.stringify({ Response: { Error: { Code: 'X' }, RequestId: 'r', ...more } });
		expect(parse(body)).toMatchObject({ kind: 'ok', response: { JobId: '77' } });
	});

	it.each([
		['in the Payload of the user', { Payload: { JobId: '77' } }],
		['that is blank', { JobId: ' \t' }],
		['that is 0', { JobId: 0 }],
		['that is false', { JobId: false }],
	])('takes no JobId %s beside an Error for a job', (_, more) => {
		const body = JSON.stringify({ Response: { Error: { Code: 'X' }, RequestId: 'r', ...more } });
		expect(parse(body)).toMatchObject({ kind: 'error', code: 'X' });
	});

	it('gives no blank JobId', () => {
		expect(parse({ Response: { JobId: '  ', RequestId: 'r' } })).toEqual({
			...{ kind: 'ok', response: { RequestId: 'r' }, requestId: 'r' },
		});
	});

	it.each([
		['a page', `<html>{"JobId":"${ID}","RequestId":"r"}</html>`],
		['a text before it', `upstream error: {"Response":{"JobId":"${ID}"}}`],
		['JSON of a gateway', `{"code":502,"body":{"JobId":"${ID}"},`],
		['a list', `[{"JobId":"${ID}"},`],
		['a blank one', '{"Response":{"JobId":"  ","RequestId":"r"'],
	])('recovers no JobId from %s', (_, body) => {
		expect(parse(body, 502)).toMatchObject({ kind: 'malformed' });
	});

	it('searches a huge answer for its JobId at once', () => {
		const wide = Object.fromEntries(
			Array.from({ length: 100_000 }, (_, i) => [`f${i}`, { a: {} }]),
		);
		const before = performance.now();
		expect(parse({ Response: { Error: { Code: 'X' }, ...wide } })).toMatchObject({ kind: 'error' });
		parse(`{"Response":${'"JobId" :'.repeat(60_000)}`);
		expect(performance.now() - before).toBeLessThan(1_500);
	});

	it.each(['""', 'null', '{}', '[]'])('finds no job in the JobId %s beside an Error', (id) => {
		const body = `{"Response":{"Error":{"Code":"InternalError"},"JobId":${id}}}`;
		expect(parse(body)).toMatchObject({ kind: 'error', code: 'InternalError' });
	});

	it('takes a JobId that stands in a text for text', () => {
		const Payload = JSON.stringify({ JobId: 5 });
		const body = JSON.stringify({ Response: { JobId: ID, Payload, RequestId: 'r' } });
		expect(parse(body)).toMatchObject({ response: { JobId: ID, Payload } });
	});

	it.each([
		['nothing', undefined, ''],
		['an empty text', '', 'empty'],
		['a web page', '<html>502</html>', 'web page'],
		['a cut JobId', `{"Response":{"JobId":"${ID.slice(0, 12)}`, 'JSON'],
		['a cut answer', '{"Response":{"RequestId":"r"', 'JSON'],
		['other JSON', '{"code":0}', 'JSON'],
		['null', 'null', 'JSON'],
		['a list', '[{"Response":{}}]', 'JSON'],
		['an envelope around nothing', '{"Response":null}', 'JSON'],
		['an envelope around a text', '{"Response":"x"}', 'JSON'],
	])('takes %s for broken', (_, body, part) => {
		const reason = expect.stringMatching(new RegExp(`HTTP 503.*${part}`)) as string;
		expect(parse(body, 503)).toEqual({ kind: 'malformed', reason });
	});

	it.each([200, 401, 500])('reads a refusal under HTTP %i', (status) => {
		const Error = { Code: 'InternalError', Message: 'm' };
		expect(parse(JSON.stringify({ Response: { Error, RequestId: 'r' } }), status)).toEqual({
			kind: 'error',
			code: 'InternalError',
			message: 'm',
			requestId: 'r',
			date: 'Tue, 01 Jan 2030 00:00:00 GMT',
		});
	});

	it.each([
		['nothing', {}],
		['null', { Message: null }],
		['no text', { Message: { en: 'm' } }],
	])('reads a refusal whose text is %s', (_, more) => {
		const body = JSON.stringify({ Response: { Error: { Code: 'X', ...more }, RequestId: 7 } });
		expect(parse(body)).toMatchObject({ kind: 'error', code: 'X', message: '', requestId: '' });
	});

	it('never fails, whatever comes', () => {
		const cut = fc.tuple(fc.jsonValue(), fc.nat(80)).map(([value, at]) => {
			return JSON.stringify({ Response: { JobId: value, Error: value } }).slice(0, at);
		});
		const body = fc.oneof(fc.jsonValue(), fc.json(), fc.string({ unit: 'binary' }), cut);
		fc.assert(
			fc.property(body, (hostile) => {
				expect(['ok', 'error', 'malformed']).toContain(parse(hostile).kind);
			}),
			{ numRuns: 500 },
		);
	});

	it('never makes up a JobId from a part of one', () => {
		const whole = JSON.stringify({ Response: { JobId: ID, RequestId: 'r' } });
		for (let length = 0; length < whole.length; length++) {
			const answer = parse(whole.slice(0, length));
			const isThere = length >= whole.indexOf(ID) + ID.length + 1;
			expect([length, answer.kind]).toEqual([length, isThere ? 'ok' : 'malformed']);
			if (answer.kind === 'ok') expect(answer.response.JobId).toBe(ID);
		}
	});
});

describe('quoteLongNumbers', () => {
	it.each([
		[`{"JobId":${ID}}`, `{"JobId":"${ID}"}`],
		[`{"a":[{"job_id" : ${ID} }],"JobId":0}`, `{"a":[{"job_id" : "${ID}" }],"JobId":0}`],
		...['jobId', 'task_id', 'taskId', 'id', 'Payload', 'TaskID', 'x'].map((name) => [
			`{"d":{"${name}":${ID}.0}}`,
			`{"d":{"${name}":"${ID}"}}`,
		]),
	])('turns a long integer into text: %s', (text, quoted) =>
		expect(quoteLongNumbers(text)).toBe(quoted),
	);

	it.each([
		`{"JobId":"${ID}"}`,
		'{"JobId":null,"Credits":5}',
		'{"JobId":-5,"Credits":0.1234567890123456789}',
		`{"Credits":${ID}.5}`,
		JSON.stringify({ Payload: `{"JobId":${ID}}`, Prompt: `"JobId": ${ID},` }),
	])('leaves %s alone', (text) => expect(quoteLongNumbers(text)).toBe(text));

	it('changes nothing else in any JSON', () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.bigInt({ min: 10n ** 15n }), (value, id) => {
				const Payload = JSON.stringify({ JobId: 7, value });
				const isLong = (one: unknown) => /\d{16}/.test(JSON.stringify(one) ?? '');
				fc.pre(!isLong(value));
				const text = `{"JobId":${id},"Payload":${JSON.stringify(Payload)},"value":${JSON.stringify(value)}}`;
				expect(JSON.parse(quoteLongNumbers(text))).toEqual({
					...{ JobId: String(id), Payload },
					value: JSON.parse(JSON.stringify(value)) as unknown,
				});
			}),
		);
	});
});

/** Errors of a connection that was open: the request may have been read. */
const AFTER_SENDING = [
	...['UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_ABORTED'],
	...['HPE_INVALID_CONSTANT', 'HPE_HEADER_OVERFLOW', 'Z_DATA_ERROR', 'Z_BUF_ERROR', 'ERR_CANCELED'],
	...['ECONNABORTED', 'ERR_BAD_RESPONSE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_UNKNOWN_ENCODING'],
];

const NOT_WRITTEN = ['ERR_INVALID_URL', 'ERR_INVALID_CHAR', 'ERR_HTTP_INVALID_HEADER_VALUE'];

const NOT_ALLOWED = 'Domain not allowed: This credential is restricted from accessing example.com.';

const NO_CREDENTIALS = 'Node "Vidu" does not have any credentials of type "tencentCloudApi" set';

const PROXY_ENDED = 'Proxy connection ended before receiving CONNECT response';

describe('classifyNetworkError', () => {
	const servers: Server[] = [];
	afterAll(() => servers.forEach((server) => server.close()));

	/** A server that does this to each connection; gives its address. */
	async function listening(onConnection: (socket: Socket) => void): Promise<string> {
		const server = createServer((socket) => onConnection(socket.on('error', () => {})));
		servers.push(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	}

	async function freePort(): Promise<string> {
		const url = await listening(() => {});
		await new Promise((resolve) => servers.pop()?.close(resolve));
		return url;
	}

	async function errorAt(url: string, timeout: number): Promise<unknown> {
		const body = Buffer.from('{}');
		const options = { method: 'POST', url, body, ...(timeout > 0 && { timeout }) } as const;
		const answer = Container.get(OutboundHttp).requests().request(options);
		return await answer.then(
			() => undefined,
			(error: unknown) => error,
		);
	}

	/** n8n 1.x leaves the cause of an error that it wraps undefined. */
	const asFirstLineWraps = (error: unknown) =>
		Object.assign(new NodeApiError(NODE, error as JsonObject), { cause: undefined });

	const afterRequest = (act: (socket: Socket) => void) => async () =>
		await listening((socket) => socket.once('data', () => act(socket)));

	it.each<[string, string, string, number, () => Promise<string>]>([
		['a refused connection', 'unreachable', 'ECONNREFUSED', 0, freePort],
		[
			'a host without an address',
			'unreachable',
			'ENOTFOUND|EAI_AGAIN',
			0,
			async () => await Promise.resolve('http://nowhere.invalid'),
		],
		[
			'a reset after the request',
			'lost',
			'ECONNRESET',
			0,
			afterRequest((s) => s.resetAndDestroy()),
		],
		['an end without an answer', 'lost', 'ECONNRESET', 0, afterRequest((s) => s.end())],
		[
			'nonsense for an answer',
			'lost',
			'HPE_\\w+',
			0,
			afterRequest((s) => s.end('nonsense\r\n\r\n')),
		],
		[
			'an answer that breaks off',
			'lost',
			'\\w+',
			0,
			afterRequest((s) => s.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhalf')),
		],
		['a silent service', 'lost', 'ECONNABORTED|ETIMEDOUT', 30, afterRequest(() => {})],
	])('knows %s', async (_, kind, code, timeout, address) => {
		const error = await errorAt(await address(), timeout);
		const reason = expect.stringMatching(new RegExp(`^(${code})$`)) as string;
		expect(classifyNetworkError(error)).toEqual({ kind, reason });
		const wrapped = new NodeApiError(NODE, error as JsonObject);
		expect(classifyNetworkError(wrapped)).toMatchObject({ kind });
		expect(classifyNetworkError(asFirstLineWraps(error))).toMatchObject({ kind });
	});

	it('knows plain text where TLS was meant, when OpenSSL tells it from a broken record', async () => {
		const url = await listening((s) => s.once('data', () => s.end('HTTP/1.1 400\r\n\r\n')));
		const error = await errorAt(url.replace('http:', 'https:'), 0);
		const isTold = String(error).includes('wrong version number');
		expect(String(error)).toMatch(/wrong version number|packet length too long/);
		expect(classifyNetworkError(error).kind).toBe(isTold ? 'unreachable' : 'lost');
	});

	const thrownBy = (work: () => unknown): unknown => {
		try {
			return work();
		} catch (error) {
			return error;
		}
	};
	const failure = (more: object) => Object.assign(new Error('m'), more);
	it.each<[string, unknown, string]>([
		['a timeout of connecting', failure({ code: 'ETIMEDOUT', syscall: 'connect' }), 'unreachable'],
		['a timeout of reading', failure({ code: 'ETIMEDOUT', syscall: 'read' }), 'lost'],
		['a reset while connecting', failure({ code: 'ECONNRESET', syscall: 'connect' }), 'lost'],
		['a broken pipe', failure({ code: 'EPIPE', syscall: 'write' }), 'lost'],
		['a TLS record broken on its way', failure({ code: 'EPROTO', syscall: 'write' }), 'lost'],
		[
			'the same by OpenSSL',
			failure({ code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' }),
			'lost',
		],
		...['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN'].map((code): [string, unknown, string] => [
			`${code} on an open connection`,
			failure({ code, isAxiosError: true, cause: failure({ code, syscall: 'read' }) }),
			'lost',
		]),
		...['read', 'write'].map((syscall): [string, unknown, string] => [
			`no route for a ${syscall}, wrapped by n8n 1.x`,
			asFirstLineWraps(
				Object.assign(new Error(`${syscall} ENETUNREACH`), { code: 'ENETUNREACH', syscall }),
			),
			'lost',
		]),
		[
			'a missing credential, wrapped by n8n 1.x',
			asFirstLineWraps(new NodeOperationError(NODE, NO_CREDENTIALS)),
			'rejectedLocally',
		],
		['a cancelled request', failure({ code: 'ERR_CANCELED' }), 'lost'],
		['an error of axios without a code', failure({ isAxiosError: true }), 'lost'],
		['an expired certificate', failure({ code: 'CERT_HAS_EXPIRED' }), 'unreachable'],
		['a certificate of its own', failure({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), 'unreachable'],
		['no network', failure({ code: 'ENETUNREACH' }), 'unreachable'],
		['a cause inside', new Error('o', { cause: failure({ code: 'ECONNREFUSED' }) }), 'unreachable'],
		[
			'both families refused',
			new AggregateError([failure({ code: 'ECONNREFUSED' }), failure({ code: 'ENETUNREACH' })]),
			'unreachable',
		],
		['an address that is no URL', thrownBy(() => new URL('http://')), 'rejectedLocally'],
		['one inside', new Error('o', { cause: thrownBy(() => new URL('x')) }), 'rejectedLocally'],
		['a missing credential', new NodeOperationError(NODE, NO_CREDENTIALS), 'rejectedLocally'],
		['any other error', new Error('bug'), 'lost'],
		['a mistake of ours', new TypeError('x is not a function'), 'lost'],
		['a text', 'thrown', 'lost'],
		['nothing', undefined, 'lost'],
		['an abort', failure({ name: 'AbortError', code: 'ABORT_ERR' }), 'lost'],
		...AFTER_SENDING.flatMap((code): Array<[string, unknown, string]> => [
			[`${code}, bare`, failure({ code }), 'lost'],
			[`${code}, wrapped by n8n 1.x`, asFirstLineWraps(failure({ code })), 'lost'],
		]),
		...NOT_WRITTEN.flatMap((code): Array<[string, unknown, string]> => [
			[`${code}, bare`, failure({ code }), 'rejectedLocally'],
			[`${code}, wrapped by n8n 1.x`, asFirstLineWraps(failure({ code })), 'rejectedLocally'],
		]),
		['a blocked address', failure({ name: 'SsrfBlockedIpError' }), 'rejectedLocally'],
		['a blocked name, wrapped', new Error('o', { cause: failure({ name: 'SsrfBlockedHostnameError' }) }), 'rejectedLocally'], // prettier-ignore
		['a domain that is not allowed', asFirstLineWraps(new Error(NOT_ALLOWED)), 'rejectedLocally'],
		['a vendor text about domains', new Error(`The service said: ${NOT_ALLOWED}`), 'lost'],
		['a proxy that ended the connection', asFirstLineWraps(new Error(PROXY_ENDED)), 'proxyRefused'],
	])('knows %s', (_, error, kind) => expect(classifyNetworkError(error).kind).toBe(kind));

	it('does not follow a circle of causes for ever', () => {
		const error = failure({});
		error.cause = error;
		expect(classifyNetworkError(error)).toEqual({ kind: 'lost', reason: 'm' });
	});

	it('never fails, whatever was thrown', () => {
		const key = fc.constantFrom(
			'message',
			'code',
			'syscall',
			'isAxiosError',
			'cause',
			'errors',
			'httpCode',
			'messages',
		);
		const object = fc.dictionary(key, fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue())));
		fc.assert(
			fc.property(fc.oneof(object, fc.string(), fc.constant(null)), (thrown) => {
				const fault = classifyNetworkError(thrown);
				expect(['unreachable', 'lost', 'rejectedLocally', 'proxyRefused']).toContain(fault.kind);
				expect(typeof fault.reason).toBe('string');
			}),
		);
	});
});

it.each(['{"Response":{"JobId":13974280', '{"Response":{"JobId":139742.'])(
	'makes up no JobId from %s',
	(body) => {
		expect(parseResponse({ statusCode: 200, body, date: undefined }).kind).toBe('malformed');
	},
);

it.each(['{"JobId":12.5}', '{"JobId":1e5}'])('leaves %s alone', (text) => {
	expect(quoteLongNumbers(text)).toBe(text);
});
