import { NO_FILES } from '../descriptions/field';
import { type Body, type Path, textIn, type Violation } from './body';
import { isRecord } from './words';

// https://cloud.tencent.com/document/api/862/126965

const WITH_LAST_IMAGE = ['q2-pro', 'q2-turbo', 'q3-pro', 'q3-turbo'];
const WITH_REFERENCES = ['q2', 'q2-pro', 'q3-turbo', 'q3', 'q3-mix'];
const WITH_ANY_RATIO = ['q2'];
const RATIOS = ['16:9', '9:16', '1:1'];
const RATIOS_OF_Q2 = [...RATIOS, '4:3', '3:4'];
const MAX_REFERENCES = 7;
const CHOOSE_Q3 = 'or choose a Q3 model';

/** What rules ask for. Lists are absent if the item does not choose them. */
interface Task {
	/** The version, if it is one that has rules: new ones appear before this package is updated. */
	version: string | undefined;
	/** What the user calls it. */
	model: string;
	values: Body;
	extra: Body;
	references: unknown[] | undefined;
	videos: unknown[];
}

const isQ2 = (version: string) => /^q2(?:-pro|-turbo)?$/.test(version);
const isQ3 = (version: string) => /^q3(?:-pro|-turbo|-mix)?$/.test(version);

const listIn = (values: Body, name: string): unknown[] | undefined => {
	const list: unknown = values[name];
	return Array.isArray(list) ? list : undefined;
};

function taskOf(values: Body): Task {
	const given = textIn(values, 'ModelVersion') ?? '';
	return {
		version: isQ2(given) || isQ3(given) ? given : undefined,
		model: `vidu${given}`,
		values,
		extra: isRecord(values.ExtraParameters) ? values.ExtraParameters : {},
		references: listIn(values, 'ImageInfos'),
		videos: listIn(values, 'VideoInfos') ?? [],
	};
}

const modelsOf = (versions: string[]) => versions.map((version) => `vidu${version}`).join(', ');

function* durationViolations({ version, model, values }: Task): Generator<Violation> {
	const { Duration } = values;
	if (version === undefined || typeof Duration !== 'number') return;
	const path = ['Duration'];
	if (isQ3(version) && Duration < 3) {
		yield { path, problem: `must be 3 to 16 seconds for ${model}, not ${Duration}` };
	}
	if (isQ2(version) && Duration > 10) {
		const problem = `may be 10 seconds at most for ${model}, not ${Duration}. Shorten it ${CHOOSE_Q3}`;
		yield { path, problem };
	}
}

function* extraViolations({ version, model, extra }: Task): Generator<Violation> {
	if (extra.EnableAudio === true && version !== undefined && isQ2(version)) {
		const problem = `is not possible for ${model}. Turn it off ${CHOOSE_Q3}`;
		yield { path: ['ExtraParameters', 'EnableAudio'], problem };
	}
	const ratio = textIn(extra, 'AspectRatio');
	const isLimited = version !== undefined && !WITH_ANY_RATIO.includes(version);
	const allowed = isLimited ? RATIOS : RATIOS_OF_Q2;
	if (ratio !== undefined && !allowed.includes(ratio)) {
		const what = isLimited ? ` for ${model}` : '';
		const problem = `must be one of ${allowed.join(', ')}${what}, not ${ratio}`;
		yield { path: ['ExtraParameters', 'AspectRatio'], problem };
	}
}

function* storeViolations({ StoreCosParam }: Body): Generator<Violation> {
	if (!isRecord(StoreCosParam)) return;
	for (const name of ['CosBucketName', 'CosBucketRegion']) {
		if (textIn(StoreCosParam, name) !== undefined) continue;
		const problem = 'is needed to store the video in COS. Enter it, or remove the other COS fields';
		yield { path: ['StoreCosParam', name], problem };
	}
}

function* imageToVideo({ version, model, values }: Task): Generator<Violation> {
	if (values.LastImageUrl === undefined || version === undefined) return;
	if (WITH_LAST_IMAGE.includes(version)) return;
	const problem = `is not possible for ${model}. Choose one of ${modelsOf(WITH_LAST_IMAGE)}, or set Images to One Image`;
	yield { path: ['LastImageUrl'], problem };
}

function* referenceToVideo(task: Task): Generator<Violation> {
	const { version, model, values, references, videos } = task;
	const images: Path = ['ImageInfos'];
	if (references?.length === 0 && videos.length === 0) {
		yield { path: images, problem: `is empty. Add one to ${MAX_REFERENCES} images. ${NO_FILES}` };
	}
	const count = references?.length ?? 0;
	if (count > MAX_REFERENCES) {
		const problem = `may be ${MAX_REFERENCES} images at most, not ${count}. Remove some`;
		yield { path: images, problem };
	}
	if (count > 0 && version !== undefined && !WITH_REFERENCES.includes(version)) {
		const problem = `cannot be ${model} with reference images. Choose one of ${modelsOf(WITH_REFERENCES)}`;
		yield { path: ['ModelVersion'], problem };
	}
	if (videos.length > 0 && version !== undefined && version !== 'q2-pro') {
		const problem = `are not possible for ${model}. Choose viduq2-pro, or remove the videos`;
		yield { path: ['VideoInfos'], problem };
	}
	if (videos.length > 0 && count === 0 && textIn(values, 'Prompt') === undefined) {
		yield { path: ['Prompt'], problem: 'is needed where there is no image. Enter one' };
	}
}

const RULES: Record<string, (task: Task) => Generator<Violation>> = {
	imageToVideo,
	referenceToVideo,
};

/**
 * Checks the rules of Media Processing over several fields. `unread` names values that could not be
 * read: what rests on them is not judged. Models that are not known here have no rules of their own.
 */
export function taskViolations(
	values: Body,
	resource: string,
	unread: ReadonlySet<string>,
): Violation[] {
	if (['ModelVersion', 'ImageInfos', 'VideoInfos'].some((name) => unread.has(name))) return [];
	const task = taskOf(values);
	const all = [
		...(RULES[resource]?.(task) ?? []),
		...durationViolations(task),
		...extraViolations(task),
		...storeViolations(values),
	];
	return all.filter(({ path: [name] }) => !unread.has(String(name)));
}
