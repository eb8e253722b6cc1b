import { type Body, type Path, textIn, textsIn } from './body';
import { isRecord } from './words';

/** Where Media Processing has lists of addresses, and the name of each. */
const LISTS = { ImageInfos: 'ImageUrl', VideoInfos: 'VideoUrl' };

/** The addresses of Media Processing. */
function* taskUrls(values: Body): Generator<[Path, string]> {
	for (const name of ['ImageUrl', 'LastImageUrl']) {
		const url = textIn(values, name);
		if (url !== undefined) yield [[name], url];
	}
	for (const [name, inner] of Object.entries(LISTS)) {
		const list: unknown = values[name];
		for (const [index, one] of (Array.isArray(list) ? list : []).entries()) {
			const url = isRecord(one) ? textIn(one, inner) : undefined;
			if (url !== undefined) yield [[name, index, inner], url];
		}
	}
}

/** Every address that the service fetches something from. */
export function* fetchedUrls(values: Body, path: Path = []): Generator<[Path, string]> {
	for (const [index, image] of (values.Images ?? []).entries()) {
		if ('url' in image) yield [[...path, 'Images', index], image.url];
	}
	for (const [index, url] of textsIn(values, 'Videos').entries()) {
		yield [[...path, 'Videos', index], url];
	}
	for (const [index, subject] of (values.Subjects ?? []).entries()) {
		yield* fetchedUrls(subject, [...path, 'Subjects', index]);
	}
	yield* taskUrls(values);
	const { LogoParam } = values;
	if (isRecord(LogoParam) && typeof LogoParam.LogoUrl === 'string') {
		yield [[...path, 'LogoParam', 'LogoUrl'], LogoParam.LogoUrl];
	}
}
