import { checkValues } from './imageToVideoRules';
import type { Wire } from './job';
import { Refusal } from './refusal';
import { VENDOR, type VendorApi, type VendorField } from './vendorApi';

export interface ValidationOptions {
	site: 'china' | 'international';
	/** Whether the International site takes the inputs that only the China site documents: unknown. */
	acceptsChinaFields: boolean;
	/** Models to accept beside those that the vendor lists; no rule of a model applies to them. */
	extraModels: string[];
}

/** What a caller asks for. */
export interface Call {
	service: string;
	action: string;
	version: string;
	region: string;
}

const isWire = (value: unknown): value is Wire =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const hasType = (value: unknown, type: string, integer: boolean): boolean => {
	if (type.endsWith('[]')) {
		return Array.isArray(value) && value.every((entry) => hasType(entry, type.slice(0, -2), false));
	}
	if (integer) return Number.isSafeInteger(value);
	return ['string', 'number', 'boolean'].includes(type) ? typeof value === type : isWire(value);
};

/** Finds the action in the vendor's data, or refuses it. */
export const findAction = (call: Call, { site }: ValidationOptions): VendorApi => {
	const api = VENDOR.get(call.service);
	if (!api) {
		throw new Refusal('NoSuchProduct', `The product \`${call.service}\` does not exist.`);
	}
	for (const name of ['Action', 'Version', 'Region'] as const) {
		const given = { Action: call.action, Version: call.version, Region: call.region }[name];
		if (given === '') {
			throw new Refusal(
				'MissingParameter',
				`The request is missing a required parameter \`X-TC-${name}\`.`,
			);
		}
	}
	if (call.version !== api.version) {
		throw new Refusal('NoSuchVersion', `The API version \`${call.version}\` does not exist.`);
	}
	const known = Object.keys(site === 'china' ? api.actions : api.international.actions);
	if (!known.includes(call.action)) {
		throw new Refusal(
			'InvalidAction',
			`The request action=\`${call.action}\` is invalid or not found.`,
		);
	}
	return api;
};

const fieldsFor = (
	api: VendorApi,
	action: string,
	options: ValidationOptions,
): Record<string, VendorField> => {
	const fields = api.structures[api.actions[action]?.request ?? ''] ?? {};
	if (options.site === 'china') return fields;
	const documented = api.international.actions[action] ?? [];
	return Object.fromEntries(
		Object.entries(fields)
			.filter(([name]) => options.acceptsChinaFields || documented.includes(name))
			.map(([name, { type }]) => [name, { type, required: false }]),
	);
};

const checkTypes = (
	api: VendorApi,
	fields: Record<string, VendorField>,
	wire: Wire,
	path: string,
): void => {
	for (const [name, value] of Object.entries(wire)) {
		const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
		if (!field) {
			throw new Refusal('UnknownParameter', `The parameter \`${path}${name}\` is not recognized.`);
		}
		if (!hasType(value, field.type, api.integers.fields.includes(name))) {
			throw new Refusal(
				'InvalidParameter',
				`The value type of parameter \`${path}${name}\` is not valid.`,
			);
		}
		const nested = api.structures[field.type];
		if (nested && isWire(value)) checkTypes(api, nested, value, `${path}${name}.`);
	}
	const missing = Object.keys(fields).find((name) => fields[name]?.required && !(name in wire));
	if (missing !== undefined) {
		throw new Refusal(
			'MissingParameter',
			`The request is missing a required parameter \`${path}${missing}\`.`,
		);
	}
};

/** Refuses what the vendor's typings and pages do not allow. */
export const validate = (
	api: VendorApi,
	action: string,
	wire: Wire,
	options: ValidationOptions,
): void => {
	checkTypes(api, fieldsFor(api, action, options), wire, '');
	if (action === 'SubmitImageToVideoViduJob') checkValues(wire, options.extraModels);
};

/** Reads the body of a POST, or refuses it. */
export const parseBody = (contentType: string, body: Buffer): Wire => {
	if (!/^application\/json\b/i.test(contentType)) {
		throw new Refusal('InvalidRequest', 'The content type of the request is not application/json.');
	}
	let parsed: unknown;
	try {
		parsed = JSON.parse(body.toString('utf8'));
	} catch {
		throw new Refusal('InvalidRequest', 'The request body is not valid JSON.');
	}
	if (!isWire(parsed)) {
		throw new Refusal('InvalidRequest', 'The request body is not a JSON object.');
	}
	return parsed;
};
