import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

import { actionsIn, errorCodesIn, type Structure, structuresIn } from './typings';

const structureSchema = z.record(z.object({ type: z.string(), required: z.boolean() }));

/** A file of test/support/vendor that was made from typings. */
const vendorFileSchema = z.object({
	service: z.string(),
	version: z.string(),
	actions: z.record(z.unknown()),
	structures: z.record(structureSchema),
});
type VendorFile = z.infer<typeof vendorFileSchema>;

/** The files of a folder that were made from typings. Others are left out. */
export function vendorFilesIn(folder: string): VendorFile[] {
	return readdirSync(folder)
		.filter((file) => file.endsWith('.json'))
		.map((file) =>
			vendorFileSchema.safeParse(JSON.parse(readFileSync(path.join(folder, file), 'utf8'))),
		)
		.flatMap(({ data }) => (data ? [data] : []));
}

const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** The folder of a version of a service in an unpacked SDK, and the typings in it. */
function typingsOf(sdk: string, { service, version }: VendorFile) {
	const folder = path.join(sdk, 'tencentcloud/services', service);
	const own = path.join(folder, `v${version.replaceAll('-', '')}`);
	return {
		versions: existsSync(folder) ? readdirSync(folder).filter((name) => /^v\d{8}$/.test(name)) : [],
		models: read(path.join(own, `${service}_models.d.ts`)),
		client: read(path.join(own, `${service}_client.d.ts`)),
	};
}

/**
 * Returns a line for each difference between a vendor file and the newest SDK: versions, actions, fields,
 * types and error codes. New actions and codes are those that the installed SDK does not have.
 */
export function differences(file: VendorFile, newest: string, installed: string): string[] {
	const [now, before] = [typingsOf(newest, file), typingsOf(installed, file)];
	if (!now.models) return [`version ${file.version} is gone`];
	const actions = actionsIn(now.client);
	const structures = structuresIn(now.models);
	return [
		...added('version', now.versions, before.versions),
		...added('action', actions, actionsIn(before.client)),
		...added('action', Object.keys(file.actions), actions).map((line) => `${line} that is gone`),
		...added('error code', errorCodesIn(now.models), errorCodesIn(before.models)),
		...Object.entries(file.structures).flatMap(([name, fields]) =>
			fieldDifferences(name, fields, structures.get(name)),
		),
	];
}

const added = (kind: string, names: readonly string[], known: readonly string[]) =>
	names.filter((name) => !known.includes(name)).map((name) => `${kind} \`${name}\``);

function fieldDifferences(name: string, known: Structure, now: Structure | undefined): string[] {
	// An action without input has no interface.
	if (!now && Object.keys(known).length === 0) return [];
	if (!now) return [`structure \`${name}\` that is gone`];
	const names = [...new Set([...Object.keys(known), ...Object.keys(now)])];
	return names.flatMap((field) => {
		const [old, current] = [known[field], now[field]].map(textOf);
		return old === current ? [] : [`field \`${name}.${field}\`: ${old}, now ${current}`];
	});
}

const textOf = (field: Structure[string] | undefined) =>
	field ? `${field.type}${field.required ? ', required' : ''}` : 'none';
