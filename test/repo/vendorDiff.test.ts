import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { differences, vendorFilesIn } from '../../scripts/vendor/difference';

const installed = path.dirname(require.resolve('tencentcloud-sdk-nodejs/package.json'));
const files = vendorFilesIn(path.resolve(__dirname, '..', 'support', 'vendor'));

describe('vendor:diff', () => {
	it('reads every file that was made from typings', () => {
		expect(files.map(({ service }) => service)).toEqual(expect.arrayContaining(['sts', 'vclm']));
	});

	it.each(files)('$service agrees with the installed SDK', (file) => {
		expect(differences(file, installed, installed)).toEqual([]);
	});

	describe('with another SDK', () => {
		const [vclm] = files.filter(({ service }) => service === 'vclm');
		let sdk: string;

		beforeEach(() => {
			sdk = mkdtempSync(path.join(tmpdir(), 'sdk-'));
			const folder = 'tencentcloud/services/vclm';
			cpSync(path.join(installed, folder), path.join(sdk, folder), { recursive: true });
		});

		afterEach(() => {
			rmSync(sdk, { recursive: true });
		});

		const change = (kind: 'models' | 'client', from: string, to: string) => {
			const file = path.join(sdk, `tencentcloud/services/vclm/v20240523/vclm_${kind}.d.ts`);
			const text = readFileSync(file, 'utf8');
			const start = text.indexOf('interface SubmitImageToVideoViduJobRequest');
			const at = text.indexOf(from, kind === 'models' ? start : 0);
			expect(at).toBeGreaterThan(0);
			writeFileSync(file, text.slice(0, at) + to + text.slice(at + from.length));
		};

		it.each([
			['models', 'Duration?: number', 'Duration?: string', 'Request.Duration`: number, now string'],
			[
				'models',
				'Prompt?: string',
				'Prompt: string',
				'Request.Prompt`: string, now string, required',
			],
			['models', 'Bgm?: boolean;', '', 'Request.Bgm`: boolean, now none'],
			[
				'models',
				'Bgm?: boolean;',
				'Bgm?: boolean; Seed?: number;',
				'Request.Seed`: none, now number',
			],
			[
				'models',
				'Bgm?: boolean;',
				"Bgm?: boolean; Code?: 'FailedOperation.New';",
				'error code `FailedOperation.New`',
			],
			['client', 'SubmitImageToVideoViduJob(', 'SubmitOther(', 'action `SubmitOther`'],
			[
				'client',
				'SubmitImageToVideoViduJob(',
				'SubmitOther(',
				'action `SubmitImageToVideoViduJob` that is gone',
			],
		] as const)('%s: %s to %s', (kind, from, to, line) => {
			if (!vclm) throw new Error('there is no vclm.json');
			change(kind, from, to);
			expect(differences(vclm, sdk, installed)).toContainEqual(expect.stringContaining(line));
		});

		it('says that a version is gone', () => {
			rmSync(path.join(sdk, 'tencentcloud/services/vclm/v20240523'), { recursive: true });
			expect(vclm && differences(vclm, sdk, installed)).toEqual(['version 2024-05-23 is gone']);
		});
	});
});
