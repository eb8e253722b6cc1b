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

/** A package as npm would hand it out, unpacked. */
export interface Packed {
	/** Where its package.json is. */
	home: string;
	/** Bytes of the archive. */
	size: number;
	unpackedSize: number;
	entryCount: number;
}

/** Packs a package and unpacks it below `destination`: that of a folder, or one of npm's by name@version. */
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

/** Unpacks what `npm publish` would upload into a temporary folder, which is there while `use` runs. */
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

/** Where n8n keeps the package of the user with this folder. */
export const packageFolderOf = (userFolder: string) =>
	path.join(userFolder, '.n8n', 'nodes', 'node_modules', packageName);

/** Puts what `npm publish` would upload where n8n keeps the community packages of this user. */
export async function installPackage(userFolder: string, folder = project): Promise<void> {
	await withPackedPackage(async (packed) => {
		const home = packageFolderOf(userFolder);
		await rm(home, { recursive: true, force: true });
		await mkdir(path.dirname(home), { recursive: true });
		await cp(packed, home, { recursive: true });
	}, folder);
}
