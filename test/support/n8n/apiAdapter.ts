import type { Workflow } from './client';
import type { N8nVersion } from './install';

interface Call {
	method: 'POST' | 'PATCH';
	path: string;
	body: unknown;
}

/** Where the REST interfaces of n8n's versions differ. */
export interface ApiAdapter {
	/** Makes the workflow's saved version the one that its triggers start. */
	publish(workflow: Workflow): Call;
	unpublish(workflow: Workflow): Call;
	/** What the order to run it holds beside where to start and to end. */
	runOrder(workflow: Workflow): Record<string, unknown>;
}

const setActive = ({ id, versionId }: Workflow, active: boolean): Call => ({
	method: 'PATCH',
	path: `/rest/workflows/${id}`,
	body: { active, versionId },
});

const first: ApiAdapter = {
	publish: (workflow) => setActive(workflow, true),
	unpublish: (workflow) => setActive(workflow, false),
	runOrder: (workflow) => ({ workflowData: workflow }),
};

const second: ApiAdapter = {
	publish: ({ id, versionId }) => ({
		method: 'POST',
		path: `/rest/workflows/${id}/activate`,
		body: { versionId },
	}),
	unpublish: ({ id }) => ({ method: 'POST', path: `/rest/workflows/${id}/deactivate`, body: {} }),
	runOrder: () => ({}),
};

export const apiAdapters: Record<N8nVersion, ApiAdapter> = { '2.41': second, '1.123': first };
