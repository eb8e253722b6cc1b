import { CREATE_TASK, isWire, type Wire } from './job';
import { ApiError } from './apiError';
import { checkValues } from './submitRules';
import { checkTask } from './taskRules';
import { VENDOR, type VendorApi, type VendorField } from './vendorApi';

export interface ValidationOptions {
	site: 'china' | 'international';
	/** Whether International accepts the inputs that only China documents. The real behaviour is unknown. */
	acceptsChinaFields: boolean;
	/** Further models to accept. No model rule applies to them. */
	extraModels: string[];
}

/** What a request asks for. */
export interface Call {
	service: string;
	action: string;
	version: string;
	region: string;
}

const hasType = (value: unknown, type: string, integer: boolean): boolean => {
	if (type.endsWith('[]')) {
		return Array.isArray(value) && value.every((entry) => hasType(entry, type.slice(0, -2), false));
	}
	if (integer) return Number.isSafeInteger(value);
	return ['string', 'number', 'boolean'].includes(type) ? typeof value === type : isWire(value);
};

/** Finds the action in the vendor's typings. Throws an ApiError if there is none. */
export const findAction = (call: Call, { site }: ValidationOptions): VendorApi => {
	const api = VENDOR.get(call.service);
	if (!api) {
		throw new ApiError('NoSuchProduct', `The product \`${call.service}\` does not exist.`);
	}
	for (const name of ['Action', 'Version', 'Region'] as const) {
		const given = { Action: call.action, Version: call.version, Region: call.region }[name];
		const isNeeded = name !== 'Region' || api.region?.isRequired !== false;
		if (given === '' && isNeeded) {
			throw new ApiError(
				'MissingParameter',
				`The request is missing a required parameter \`X-TC-${name}\`.`,
			);
		}
	}
	if (call.version !== api.version) {
		throw new ApiError('NoSuchVersion', `The API version \`${call.version}\` does not exist.`);
	}
	const known = Object.keys(
		(site === 'china' ? undefined : api.international?.actions) ?? api.actions,
	);
	if (!known.includes(call.action)) {
		throw new ApiError(
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
	if (options.site === 'china' || !api.international) return fields;
	const documented = api.international.actions[action] ?? [];
	return Object.fromEntries(
		Object.entries(fields)
			.filter(([name]) => options.acceptsChinaFields || documented.includes(name))
			.map(([name, { type }]) => [name, { type, required: false }]),
	);
};

/** Checks an object, or each object of a list, by the structure that its type names. */
const checkNested = (api: VendorApi, type: string, value: unknown, path: string): void => {
	const structure = api.structures[type.replace('[]', '')];
	if (!structure) return;
	if (isWire(value)) return checkTypes(api, structure, value, `${path}.`);
	if (!Array.isArray(value)) return;
	value.forEach((entry, index) => checkNested(api, type, entry, `${path}.${index}`));
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
			throw new ApiError('UnknownParameter', `The parameter \`${path}${name}\` is not recognized.`);
		}
		if (!hasType(value, field.type, api.integers.fields.includes(name))) {
			throw new ApiError(
				'InvalidParameter',
				`The value type of parameter \`${path}${name}\` is not valid.`,
			);
		}
		checkNested(api, field.type, value, `${path}${name}`);
	}
	const missing = Object.keys(fields).find((name) => fields[name]?.required && !(name in wire));
	if (missing !== undefined) {
		throw new ApiError(
			'MissingParameter',
			`The request is missing a required parameter \`${path}${missing}\`.`,
		);
	}
};

/** Throws an ApiError for everything that the vendor's typings and pages do not allow. */
export const validate = (
	api: VendorApi,
	action: string,
	wire: Wire,
	options: ValidationOptions,
): void => {
	checkTypes(api, fieldsFor(api, action, options), wire, '');
	if (action === CREATE_TASK) checkTask(wire, options.extraModels);
	else checkValues(action, wire, options.extraModels);
};

/** Parses the body of a POST. Throws an ApiError if it is not a JSON object. */
export const parseBody = (contentType: string, body: Buffer): Wire => {
	if (!/^application\/json\b/i.test(contentType)) {
		throw new ApiError(
			'InvalidRequest',
			'The content type of the request is not application/json.',
		);
	}
	let parsed: unknown;
	try {
		parsed = JSON.parse(body.toString('utf8'));
	} catch {
		throw new ApiError('InvalidRequest', 'The request body is not valid JSON.');
	}
	if (!isWire(parsed)) {
		throw new ApiError('InvalidRequest', 'The request body is not a JSON object.');
	}
	return parsed;
};
