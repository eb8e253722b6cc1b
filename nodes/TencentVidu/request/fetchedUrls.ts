import { type Body, type Path, textsIn } from './body';
import { isRecord } from './words';

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
	const { LogoParam } = values;
	if (isRecord(LogoParam) && typeof LogoParam.LogoUrl === 'string') {
		yield [[...path, 'LogoParam', 'LogoUrl'], LogoParam.LogoUrl];
	}
}
