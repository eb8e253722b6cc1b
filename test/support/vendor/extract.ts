/**
 * Writes vclm.json, mps.json and sts.json from the typings of the vendor's SDK. Run it by hand after an SDK update:
 * `npx tsx test/support/vendor/extract.ts && npx prettier --write test/support/vendor`.
 * `remarks` below holds what the typings do not contain, with its source.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

interface Field {
	type: string;
	required: boolean;
}

type Structure = Record<string, Field>;

const sdk = dirname(require.resolve('tencentcloud-sdk-nodejs/package.json'));
const { version: sdkVersion } = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8')) as {
	version: string;
};

const remarks = {
	vclm: {
		integers: {
			source: 'tencentcloud-sdk-go, vclm/v20240523/models.go: *int64; the typings say number',
			fields: ['Duration', 'Height', 'LogoAdd', 'Width', 'X', 'Y'],
		},
		international: {
			source:
				'International API page of SubmitImageToVideoViduJob, by hand: tencentcloud-sdk-nodejs-intl-en 3.0.1335 has no Vidu action',
			actions: {
				SubmitImageToVideoViduJob: [
					'IsRec',
					'VoiceId',
					'MovementAmplitude',
					'Bgm',
					'AudioType',
					'MetaData',
					'CallbackUrl',
					'Payload',
					'OffPeak',
				],
			},
		},
	},
	mps: {
		integers: {
			source: 'tencentcloud-sdk-go, mps/v20190612/models.go: *int64; the typings say number',
			fields: ['Duration', 'LogoAdd'],
		},
		region: {
			source: 'pages of both actions on both sites: Region is not required',
			isRequired: false,
		},
		sites: {
			source:
				'tencentcloud.com/document/api/1041/76487 and 76485, cloud.tencent.com/document/api/862/126965 and 126963',
			areEqual: true,
		},
	},
	sts: {
		integers: { source: 'none among these fields', fields: [] },
		international: {
			source: 'the action takes no input on either site',
			actions: { GetCallerIdentity: [] },
		},
	},
};

type Interfaces = Map<string, ts.InterfaceDeclaration>;

const interfacesOf = (path: string): Interfaces => {
	const text = readFileSync(path, 'utf8');
	const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
	return new Map(
		source.statements
			.filter((statement) => ts.isInterfaceDeclaration(statement))
			.map((declaration) => [declaration.name.text, declaration]),
	);
};

const fieldsOf = (declaration: ts.InterfaceDeclaration | undefined): Structure =>
	Object.fromEntries(
		[...(declaration?.members ?? [])]
			.filter((member) => ts.isPropertySignature(member))
			.map((member) => [
				member.name.getText(),
				{
					type: (member.type?.getText() ?? 'unknown').replace(/^Array<(.+)>$/, '$1[]'),
					required: member.questionToken === undefined,
				},
			]),
	);

/** Collects the named structures and every structure that their fields refer to. */
const collect = (interfaces: Interfaces, names: string[]): Record<string, Structure> => {
	const structures: Record<string, Structure> = {};
	for (const queue = [...names]; queue.length > 0;) {
		const name = queue.shift() ?? '';
		structures[name] = fieldsOf(interfaces.get(name));
		const nested = Object.values(structures[name]).map(({ type }) => type.replace('[]', ''));
		queue.push(...nested.filter((type) => interfaces.has(type) && !(type in structures)));
	}
	return structures;
};

const extract = (service: keyof typeof remarks, folder: string, actionNames: string[]) => {
	const models = join(sdk, 'tencentcloud/services', service, folder, `${service}_models.d.ts`);
	const actions = Object.fromEntries(
		actionNames.map((name) => [name, { request: `${name}Request`, response: `${name}Response` }]),
	);
	const names = Object.values(actions).flatMap(({ request, response }) => [request, response]);
	const data = {
		source: `tencentcloud-sdk-nodejs ${sdkVersion}, ${service}/${folder}/${service}_models.d.ts`,
		service,
		version: folder.replace(/^v(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'),
		actions,
		structures: collect(interfacesOf(models), names),
		...remarks[service],
	};
	writeFileSync(join(__dirname, `${service}.json`), `${JSON.stringify(data, null, '\t')}\n`);
};

extract(
	'vclm',
	'v20240523',
	['ImageToVideo', 'TextToVideo', 'ReferenceToVideo'].flatMap((resource) => [
		`Submit${resource}ViduJob`,
		`Describe${resource}ViduJob`,
	]),
);
extract('mps', 'v20190612', ['CreateAigcVideoTask', 'DescribeAigcVideoTask']);
extract('sts', 'v20180813', ['GetCallerIdentity']);
