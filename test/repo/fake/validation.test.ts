import vclm from '../../support/vendor/vclm.json';
import type { Wire } from '../../support/fake/job';
import { DEFAULTS } from '../../support/fake/options';
import { apiErrorWith } from '../../support/fake/apiErrorMatcher';
import {
	findAction,
	parseBody,
	validate,
	type ValidationOptions,
} from '../../support/fake/validation';
import { VENDOR, type VendorApi } from '../../support/fake/vendorApi';

const SUBMIT = 'SubmitImageToVideoViduJob';
const TEXT = 'SubmitTextToVideoViduJob';
const REFERENCE = 'SubmitReferenceToVideoViduJob';
const ACTIONS = [SUBMIT, TEXT, REFERENCE] as const;
type SubmitAction = (typeof ACTIONS)[number];

const api: VendorApi = vclm;
const international: ValidationOptions = { ...DEFAULTS, site: 'international' };
const strict: ValidationOptions = { ...international, acceptsChinaFields: false };
const images = ['https://example.com/first.png'];
const subject = { Id: '1', Images: images };

/** What each action needs at least. */
const smallest: Record<SubmitAction, Wire> = {
	[SUBMIT]: { Images: images },
	[TEXT]: { Prompt: 'waves' },
	[REFERENCE]: { Prompt: 'waves', Images: images },
};

const check = (action: SubmitAction, wire: Wire) => {
	const body = { ...smallest[action], ...wire };
	if ('Subjects' in wire) delete body.Images;
	validate(api, action, body, DEFAULTS);
};

const right: Wire = {
	'string[]': images,
	string: 'text',
	number: 1,
	boolean: false,
	LogoParam: {},
	LogoRect: {},
	'ReferenceSubject[]': [subject],
};
const allowed: Wire = {
	Resolution: '1080p',
	AspectRatio: '9:16',
	Style: 'anime',
	MovementAmplitude: 'small',
	AudioType: 'speech_only',
	MetaData: '{"Label":"x"}',
	CallbackUrl: 'https://example.com/hook?a=b',
};
const models = { [SUBMIT]: 'viduq3-pro', [TEXT]: 'viduq3-turbo', [REFERENCE]: 'viduq2' };
const valueFor = (action: SubmitAction, name: string, type: string): unknown =>
	name === 'Model' ? models[action] : (allowed[name] ?? right[type]);

const fields = ACTIONS.flatMap((action) =>
	Object.entries(vclm.structures[`${action}Request`]).map(([name, { type, required }]) => ({
		...{ action, name, type, required },
	})),
);

describe.each(fields)('$action: $name', ({ action, name, type, required }) => {
	it('is accepted with its type', () => {
		expect(() => check(action, { [name]: valueFor(action, name, type) })).not.toThrow();
	});

	const wrong = Object.entries({ ...right, null: null, fraction: 1.5 }).filter(
		([other]) => other !== type && !(type.startsWith('Logo') && other.startsWith('Logo')),
	);
	it.each(wrong)('is refused as %s', (_, value) => {
		expect(() => check(action, { [name]: value })).toThrow(
			apiErrorWith('InvalidParameter', `\`${name}`),
		);
	});

	it('may be left out unless it is required', () => {
		const wire = { ...smallest[action] };
		if (required) delete wire[name];
		const run = () => validate(api, action, wire, DEFAULTS);
		if (required) expect(run).toThrow(apiErrorWith('MissingParameter', `\`${name}\``));
		else expect(run).not.toThrow();
	});
});

const submitFields = Object.entries(vclm.structures.SubmitImageToVideoViduJobRequest);

it.each(submitFields)('International accepts %s, or only where documented', (name, { type }) => {
	const wire = { [name]: valueFor(SUBMIT, name, type) };
	const documented = vclm.international.actions[SUBMIT].includes(name);
	expect(() => validate(api, SUBMIT, wire, international)).not.toThrow();
	const run = () => validate(api, SUBMIT, wire, strict);
	if (documented) expect(run).not.toThrow();
	else expect(run).toThrow(apiErrorWith('UnknownParameter', name));
});

it('International needs no field', () => {
	expect(() => validate(api, SUBMIT, {}, strict)).not.toThrow();
});

const wrappers: Record<string, (value: Wire) => Wire> = {
	LogoParam: (value) => ({ LogoParam: value }),
	LogoRect: (value) => ({ LogoParam: { LogoRect: value } }),
	ReferenceSubject: (value) => ({ Subjects: [subject, { ...subject, ...value }] }),
};
const nested = (['LogoParam', 'LogoRect', 'ReferenceSubject'] as const).flatMap((structure) =>
	Object.entries(vclm.structures[structure]).map(([name, { type }]) => ({ structure, name, type })),
);

describe.each(nested)('$structure.$name', ({ structure, name, type }) => {
	const run = (value: unknown) => () =>
		check(REFERENCE, wrappers[structure]?.({ [name]: value }) ?? {});

	it('is accepted with its type', () => {
		expect(run(right[type])).not.toThrow();
	});

	it('is refused with another', () => {
		const path = structure === 'ReferenceSubject' ? 'Subjects.1' : structure;
		expect(run([1])).toThrow(apiErrorWith('InvalidParameter', `${path}.${name}\``));
	});
});

describe('fields', () => {
	it.each<[string, SubmitAction, Wire]>([
		['Foo', SUBMIT, { Foo: 1 }],
		['prompt', SUBMIT, { prompt: 'lower case' }],
		['constructor', SUBMIT, { constructor: 1 }],
		['LogoParam.Foo', SUBMIT, { LogoParam: { Foo: 1 } }],
		['LogoParam.LogoRect.Z', SUBMIT, { LogoParam: { LogoRect: { Z: 1 } } }],
		['AspectRatio', SUBMIT, { AspectRatio: '16:9' }],
		['Images', TEXT, { Images: images }],
		['IsRec', TEXT, { IsRec: true }],
		['VoiceId', TEXT, { VoiceId: 'v' }],
		['AudioType', TEXT, { AudioType: 'all' }],
		['IsRec', REFERENCE, { IsRec: true }],
		['Style', REFERENCE, { Style: 'anime' }],
		['Subjects.0.id', REFERENCE, { Subjects: [{ ...subject, id: '1' }] }],
	])('%s is unknown to %s', (path, action, wire) => {
		expect(() => check(action, wire)).toThrow(apiErrorWith('UnknownParameter', `\`${path}\``));
	});

	it.each(['Id', 'Images'])('each subject needs %s', (name) => {
		const rest: Wire = { ...subject };
		delete rest[name];
		expect(() => check(REFERENCE, { Subjects: [subject, rest] })).toThrow(
			apiErrorWith('MissingParameter', `\`Subjects.1.${name}\``),
		);
	});
});

describe('findAction', () => {
	const call = { service: 'vclm', action: SUBMIT, version: '2024-05-23', region: 'ap-guangzhou' };
	const describeJob = { ...call, action: 'DescribeImageToVideoViduJob' };

	it('finds what the vendor has', () => {
		expect(findAction(call, DEFAULTS)).toBe(VENDOR.get('vclm'));
		expect(findAction(describeJob, DEFAULTS)).toBe(VENDOR.get('vclm'));
		expect(findAction({ ...call, action: REFERENCE }, DEFAULTS)).toBe(VENDOR.get('vclm'));
	});

	it.each([
		['InvalidAction', { ...call, action: 'SubmitNothing' }, DEFAULTS],
		['InvalidAction', { ...call, action: 'GetCallerIdentity' }, DEFAULTS],
		['InvalidAction', describeJob, international],
		['InvalidAction', { ...call, action: TEXT }, international],
		['InvalidAction', { ...call, action: REFERENCE }, international],
		['InvalidAction', { ...call, action: 'DescribeTextToVideoViduJob' }, international],
		['NoSuchVersion', { ...call, version: '2018-08-13' }, DEFAULTS],
		['NoSuchProduct', { ...call, service: '127' }, DEFAULTS],
		['MissingParameter', { ...call, action: '' }, DEFAULTS],
		['MissingParameter', { ...call, version: '' }, DEFAULTS],
		['MissingParameter', { ...call, region: '' }, DEFAULTS],
	])('refuses with %s: %j', (code, wanted, options) => {
		expect(() => findAction(wanted, options)).toThrow(apiErrorWith(code));
	});
});

describe('parseBody', () => {
	it('reads a JSON object of either spelling of its type', () => {
		const type = 'application/json; charset=utf-8';
		expect(parseBody(type, Buffer.from('{"Prompt":"海"}'))).toEqual({ Prompt: '海' });
	});

	it.each([
		['text/plain', '{}'],
		['application/json', '[]'],
		['application/json', 'null'],
		['application/json', '{"a":'],
		['application/json', ''],
	])('refuses %s %s', (type, body) => {
		expect(() => parseBody(type, Buffer.from(body))).toThrow(apiErrorWith('InvalidRequest'));
	});
});
