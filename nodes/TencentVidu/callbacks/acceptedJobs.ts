import type { AcceptedJob } from '../jobs/context';

const MAX_KEPT = 10_000;

/** JobIds by the reference of their callback URL; `undefined` where several jobs share one. */
const accepted = new Map<string, string | undefined>();

/** Keeps which job was submitted with a reference, as long as the process lives. */
export function rememberJob({ Reference, JobId }: Pick<AcceptedJob, 'Reference' | 'JobId'>): void {
	if (Reference === undefined) return;
	const isShared = accepted.has(Reference) && accepted.get(Reference) !== JobId;
	accepted.set(Reference, isShared ? undefined : JobId);
	const [oldest] = accepted.keys();
	if (accepted.size > MAX_KEPT) accepted.delete(oldest ?? '');
}

/** The job that this process submitted with a reference; undefined if it does not know. */
export const jobIdOf = (reference: string | undefined) => accepted.get(reference ?? '');
