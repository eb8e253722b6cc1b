import vclm from '../../support/vendor/vclm.json';
import { DEFAULTS } from '../../support/fake/options';
import { refusedWith } from '../../support/fake/refusedWith';
import {
	findAction,
	parseBody,
	validate,
	type ValidationOptions,
} from '../../support/fake/validation';
import { VENDOR, type VendorApi } from '../../support/fake/vendorApi';

const SUBMIT = 'SubmitImageToVideoViduJob';
const api: VendorApi = vclm;
const international: ValidationOptions = { ...DEFAULTS, site: 'international' };
const strict: ValidationOptions = { ...international, acceptsChinaFields: false };
const one = ['https://example.com/first.png'];
const two = [...one, 'data:image/jpeg;base64,/9j/4AAQ'];

const check = (wire: Record<string, unknown>, options: ValidationOptions = DEFAULTS) => {
	validate(api, SUBMIT, { ...(options.site === 'china' && { Images: one }), ...wire }, options);
};

const right: Record<string, unknown> = {
	'string[]': one,
	string: 'text',
	number: 1,
	boolean: true,
	LogoParam: {},
	LogoRect: {},
};
const allowed: Record<string, unknown> = {
	Model: 'viduq3-pro',
	Resolution: '1080p',
	MovementAmplitude: 'small',
	AudioType: 'speech_only',
	MetaData: '{"Label":"x"}',
	CallbackUrl: 'https://example.com/hook?a=b',
};
const fields = Object.entries(vclm.structures.SubmitImageToVideoViduJobRequest);
const nested = (['LogoParam', 'LogoRect'] as const).flatMap((structure) =>
	Object.entries(vclm.structures[structure]).map(([name, { type }]) => ({ structure, name, type })),
);
const wrap = (structure: string, value: unknown) =>
	structure === 'LogoRect' ? { LogoParam: { LogoRect: value } } : { LogoParam: value };

describe.each(fields)('%s', (name, { type, required }) => {
	it('is accepted with its type', () => {
		expect(() => check({ [name]: allowed[name] ?? right[type] })).not.toThrow();
	});

	const wrong = Object.entries({ ...right, null: null, fraction: 1.5 }).filter(
		([other]) => other !== type && !(type.startsWith('Logo') && other.startsWith('Logo')),
	);
	it.each(wrong)('is refused as %s', (_, value) => {
		expect(() => check({ [name]: value })).toThrow(refusedWith('InvalidParameter', `\`${name}\``));
	});

	it('may be left out unless it is required', () => {
		const wire = { Images: one, [name]: undefined };
		delete wire[name];
		const run = () => validate(api, SUBMIT, wire, DEFAULTS);
		if (required) expect(run).toThrow(refusedWith('MissingParameter', `\`${name}\``));
		else expect(run).not.toThrow();
	});

	it('is taken by the International site, or only where documented', () => {
		const wire = { [name]: allowed[name] ?? right[type] };
		const documented = vclm.international.actions[SUBMIT].includes(name);
		expect(() => check(wire, international)).not.toThrow();
		if (documented) expect(() => check(wire, strict)).not.toThrow();
		else expect(() => check(wire, strict)).toThrow(refusedWith('UnknownParameter', name));
	});
});

describe.each(nested)('$structure.$name', ({ structure, name, type }) => {
	it('is accepted with its type', () => {
		expect(() => check(wrap(structure, { [name]: right[type] }))).not.toThrow();
	});

	it('is refused with another', () => {
		expect(() => check(wrap(structure, { [name]: ['x'] }))).toThrow(
			refusedWith('InvalidParameter', `${structure}.${name}\``),
		);
	});
});

describe('fields', () => {
	it.each([
		['Foo', { Foo: 1 }],
		['prompt', { prompt: 'lower case' }],
		['constructor', { constructor: 1 }],
		['LogoParam.Foo', { LogoParam: { Foo: 1 } }],
		['LogoParam.LogoRect.Z', { LogoParam: { LogoRect: { Z: 1 } } }],
	])('knows no %s', (path, wire) => {
		expect(() => check(wire)).toThrow(refusedWith('UnknownParameter', `\`${path}\``));
	});

	it('needs nothing on the International site', () => {
		expect(() => check({}, strict)).not.toThrow();
	});
});

describe('values', () => {
	const q3 = { Model: 'viduq3-turbo' };
	it.each<[string, Record<string, unknown>]>([
		['Model', { Model: 'viduq9' }],
		['Prompt', { Prompt: 'x'.repeat(2001) }],
		['Payload', { Payload: 'x'.repeat(1_048_577) }],
		['Duration', { Duration: 0 }],
		['Duration', { Duration: 11 }],
		['Duration', { Duration: 9, Images: two }],
		['Duration', { ...q3, Duration: 17 }],
		['Resolution', { Resolution: '480p' }],
		['Resolution', { Resolution: '540p' }],
		['MovementAmplitude', { MovementAmplitude: 'huge' }],
		['AudioType', { AudioType: 'none' }],
		['Audio', { Audio: true, Images: two }],
		['OffPeak', { Audio: true, OffPeak: true }],
		['CallbackUrl', { CallbackUrl: 'example.com/hook' }],
		['MetaData', { MetaData: '{' }],
		['Images', { Images: [] }],
		['Images', { Images: [...two, ...one] }],
		['Images.0', { Images: ['iVBORw0KGgo='] }],
		['Images.0', { Images: ['ftp://example.com/a.png'] }],
		['Images.0', { Images: ['data:image/gif;base64,R0lGODlh'] }],
		['Images.0', { Images: ['data:image/png;base64,'] }],
		['Images.1', { Images: [...one, 'data:image/png;base64,a-_b'] }],
	])('refuses %s in %j', (name, wire) => {
		expect(() => check(wire)).toThrow(refusedWith('InvalidParameterValue', `\`${name}\``));
	});

	it.each<[Record<string, unknown>]>([
		[{ Duration: 10 }],
		[{ Duration: 8, Images: two, Resolution: '540p' }],
		[{ ...q3, Duration: 16, Audio: true, OffPeak: true, Images: two, Resolution: '540p' }],
		[{ Prompt: '🌊'.repeat(2000) }],
		[{ LogoAdd: 7 }],
		[{ Images: ['data:image/webp;base64,UklGRg=='] }],
	])('takes %j', (wire) => {
		expect(() => check(wire)).not.toThrow();
	});

	it('takes a model that came later, without rules', () => {
		const options = { ...DEFAULTS, extraModels: ['viduq4'] };
		expect(() => check({ Model: 'viduq4', Duration: 60 }, options)).not.toThrow();
	});
});

describe('findAction', () => {
	const call = { service: 'vclm', action: SUBMIT, version: '2024-05-23', region: 'ap-guangzhou' };
	const describeJob = { ...call, action: 'DescribeImageToVideoViduJob' };

	it('finds what the vendor has', () => {
		expect(findAction(call, DEFAULTS)).toBe(VENDOR.get('vclm'));
		expect(findAction(describeJob, DEFAULTS)).toBe(VENDOR.get('vclm'));
	});

	it.each([
		['InvalidAction', { ...call, action: 'SubmitNothing' }, DEFAULTS],
		['InvalidAction', { ...call, action: 'GetCallerIdentity' }, DEFAULTS],
		['InvalidAction', describeJob, international],
		['NoSuchVersion', { ...call, version: '2018-08-13' }, DEFAULTS],
		['NoSuchProduct', { ...call, service: '127' }, DEFAULTS],
		['MissingParameter', { ...call, action: '' }, DEFAULTS],
		['MissingParameter', { ...call, version: '' }, DEFAULTS],
		['MissingParameter', { ...call, region: '' }, DEFAULTS],
	])('refuses with %s: %j', (code, wanted, options) => {
		expect(() => findAction(wanted, options)).toThrow(refusedWith(code));
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
		expect(() => parseBody(type, Buffer.from(body))).toThrow(refusedWith('InvalidRequest'));
	});
});
