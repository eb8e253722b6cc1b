import assert from 'node:assert/strict';

import { VENDOR } from '../support/fake/vendorApi';
import { sampleImage } from '../support/fake/video';
import { itemsOf } from '../support/n8n/execution';
import { useEnvironment } from '../support/n8n/environment';
import { manual, picture, saveChain, vidu } from '../support/n8n/workflow';

const firstFrameUrl = 'https://example.com/first frame.png?a=1&b=甲';
const callbackUrl = 'https://n8n.example.com/webhook/vidu?row=7';

const logoParam = {
	logoUrl: 'https://example.com/logo.png',
	logoImage: 'iVBORw0KGgo=',
	logoRect: { x: -10, y: 20, width: 30, height: 40 },
};
const wireLogo = {
	LogoUrl: 'https://example.com/logo.png',
	LogoImage: 'iVBORw0KGgo=',
	LogoRect: { X: -10, Y: 20, Width: 30, Height: 40 },
};
const metaData = { Label: '1', ProduceID: 'row 7' };

/** Additional fields that a user sets, and the request fields that the vendor must receive. */
const cases: Array<[string, Record<string, unknown>, Record<string, unknown>]> = [
	[
		'every field',
		{
			...{
				audio: true,
				audioType: 'speech_only',
				bgm: true,
				callbackUrl,
				duration: 16,
				isRec: true,
			},
			...{ logoAdd: 0, logoParam, metaData: JSON.stringify(metaData), model: 'viduq3-pro' },
			...{ movementAmplitude: 'large', offPeak: true, payload: 'row "7"\n甲', resolution: '540p' },
			voiceId: 'male-qn-qingse',
		},
		{
			...{ Audio: true, AudioType: 'speech_only', Bgm: true, CallbackUrl: callbackUrl },
			...{ Duration: 16, IsRec: true, LogoAdd: 0, LogoParam: wireLogo, Model: 'viduq3-pro' },
			...{ MovementAmplitude: 'large', OffPeak: true, Payload: 'row "7"\n甲', Resolution: '540p' },
			VoiceId: 'male-qn-qingse',
		},
	],
	[
		'every field with other values',
		{
			...{ audio: false, audioType: 'all', bgm: false, callbackUrl, duration: 1, isRec: false },
			...{ logoAdd: 1, logoParam, metaData: JSON.stringify(metaData), model: 'viduq2-turbo' },
			...{ movementAmplitude: 'small', offPeak: false, payload: '0', resolution: '1080p' },
			voiceId: 'v',
		},
		{
			...{ Audio: false, AudioType: 'all', Bgm: false, CallbackUrl: callbackUrl },
			...{ Duration: 1, IsRec: false, LogoAdd: 1, LogoParam: wireLogo, Model: 'viduq2-turbo' },
			...{ MovementAmplitude: 'small', OffPeak: false, Payload: '0', Resolution: '1080p' },
			VoiceId: 'v',
		},
	],
];

describe('fields in a real n8n', () => {
	const environment = useEnvironment();

	it.each(cases)('%s reaches the service unchanged', async (name, set, wire) => {
		const { n8n, credential, fake } = environment;
		const node = vidu({
			...{ frames: 'firstAndLast', firstFrameUrl, lastFrameSource: 'binary', prompt: 'A vase' },
			additionalFields: set,
			options: { signCallbackUrl: false },
		});
		const workflow = await saveChain(n8n, credential, name, [
			manual,
			picture(`${fake.url}/image.png`),
			node,
		]);
		const execution = await n8n.client.run(workflow);
		assert.equal(execution.error?.message, undefined);
		const [job] = fake.jobs.all().slice(-1);
		assert.equal(itemsOf(execution, 'Vidu')[0]?.json.JobId, job?.jobId);
		const { MetaData, ...rest } = job?.request ?? {};
		const image = `data:image/png;base64,${sampleImage().toString('base64')}`;
		assert.deepEqual(rest, { ...wire, Images: [firstFrameUrl, image], Prompt: 'A vase' });
		assert.deepEqual(JSON.parse(String(MetaData)), metaData);
		const fields = VENDOR.get('vclm')?.structures.SubmitImageToVideoViduJobRequest ?? {};
		assert.deepEqual(Object.keys(job?.request ?? {}).sort(), Object.keys(fields).sort());
	});
});
