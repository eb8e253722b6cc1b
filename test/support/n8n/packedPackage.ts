import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { npm } from './npm';
import { run } from './process';

export const project = path.resolve(__dirname, '..', '..', '..');
const packageName = 'n8n-nodes-tencent-vidu';
const packResult = z
	.array(
		z.object({
			filename: z.string(),
			size: z.number(),
			unpackedSize: z.number(),
			entryCount: z.number(),
		}),
	)
	.min(1);

/** An unpacked npm package. */
export interface Packed {
	/** Folder of its package.json. */
	home: string;
	/** Size of the archive in bytes. */
	size: number;
	unpackedSize: number;
	entryCount: number;
}

/** Packs the package in `folder`, or `spec` from the registry, and unpacks it below `destination`. */
export async function pack(
	{ folder = project, spec }: { folder?: string; spec?: string },
	destination: string,
): Promise<Packed> {
	const env = { ...process.env, npm_config_loglevel: 'error' };
	const output = await npm(
		['pack', ...(spec === undefined ? [] : [spec]), '--json', '--pack-destination', destination],
		{ cwd: folder, env },
	);
	const [packed] = packResult.parse(JSON.parse(output.slice(output.indexOf('['))));
	if (!packed) throw new Error('npm packed nothing');
	await run('tar', ['-xzf', packed.filename], { cwd: destination, env });
	return { ...packed, home: path.join(destination, 'package') };
}

/** Unpacks what `npm publish` would upload into a temporary folder, which exists while `use` runs. */
export async function withPackedPackage<T>(
	use: (packed: string) => Promise<T>,
	folder = project,
): Promise<T> {
	if (!existsSync(path.join(folder, 'dist'))) {
		throw new Error('there is no dist/ to pack: run `npm run build` first');
	}
	const temporary = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-tencent-vidu-pack-'));
	try {
		const packed = await pack({ folder }, temporary);
		return await use(packed.home);
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
}

/** Folder of the installed package in n8n's data folder. */
export const packageFolderOf = (userFolder: string) =>
	path.join(userFolder, '.n8n', 'nodes', 'node_modules', packageName);

/** Installs what `npm publish` would upload as a community package in n8n's data folder. */
export async function installPackage(userFolder: string, folder = project): Promise<void> {
	await withPackedPackage(async (packed) => {
		const target = packageFolderOf(userFolder);
		await rm(target, { recursive: true, force: true });
		await mkdir(path.dirname(target), { recursive: true });
		await cp(packed, target, { recursive: true });
	}, folder);
}
