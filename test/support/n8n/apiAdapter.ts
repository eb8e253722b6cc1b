import type { N8nVersion } from './install';
import type { Workflow } from './workflowDefinition';

interface Call {
	method: 'POST' | 'PATCH';
	path: string;
	body: unknown;
}

/** The differences between the REST interfaces of n8n's versions. */
export interface ApiAdapter {
	/** Makes the saved version of the workflow the one that its triggers start. */
	publish(workflow: Workflow): Call;
	unpublish(workflow: Workflow): Call;
	/** Further fields of a run request, beside the start and the destination. */
	runFields(workflow: Workflow): Record<string, unknown>;
}

const setActive = ({ id, versionId }: Workflow, active: boolean): Call => ({
	method: 'PATCH',
	path: `/rest/workflows/${id}`,
	body: { active, versionId },
});

const version1: ApiAdapter = {
	publish: (workflow) => setActive(workflow, true),
	unpublish: (workflow) => setActive(workflow, false),
	runFields: (workflow) => ({ workflowData: workflow }),
};

const version2: ApiAdapter = {
	publish: ({ id, versionId }) => ({
		method: 'POST',
		path: `/rest/workflows/${id}/activate`,
		body: { versionId },
	}),
	unpublish: ({ id }) => ({ method: 'POST', path: `/rest/workflows/${id}/deactivate`, body: {} }),
	runFields: () => ({}),
};

export const apiAdapters: Record<N8nVersion, ApiAdapter> = { '2.41': version2, '1.123': version1 };
