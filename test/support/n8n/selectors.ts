import type { N8nVersion } from './install';

/** What n8n's editor calls its parts; where versions differ, they differ here. */
const newest = {
	/** The button of an empty canvas. */
	addFirstStep: '[data-test-id="canvas-plus-button"]',
	search: '[data-test-id="node-creator-search-bar"]',
	found: '[data-test-id="node-creator-item-name"]',
	actionsHeading: 'Actions',
	panel: '[data-test-id="ndv"]',
	closePanel: '[data-test-id="ndv-close-button"]',
	fields: '[data-test-id="node-parameters"]',
	execute: '[data-test-id="node-execute-button"]',
	output: '[data-test-id="output-panel"]',
	showJson: '[data-test-id="radio-button-json"]',
	showFiles: '[data-test-id="radio-button-binary"]',
	viewFile: '[data-test-id="ndv-view-binary-data"]',
	addToCollection: '[data-test-id="collection-parameter-add"]',
	/** Something that a click unfolds into options, and those. */
	list: '.n8n-select:visible',
	unfolded: '.el-select__popper',
	credentials: '[data-test-id="node-credentials-select"]',
	newCredential: '[data-test-id="node-credentials-select-item-new"]',
	editCredential: '[data-test-id="credential-edit-button"]',
	credentialDialog: '[data-test-id="editCredential-modal"]',
	saveCredential: '[data-test-id="credential-save-button"]',
	closeDialog: '.el-dialog__headerbtn',
	webhooks: '.webhooks',
	webhookUrl: '.webhook-url',
	publish: '[data-test-id="workflow-open-publish-modal-button"]',
	confirmPublish: '[data-test-id="workflow-publish-button"]',
	executions: '[data-test-id="radio-button-executions"]',
	execution: '[data-test-id^="execution-details-"]',
};
export type Selectors = typeof newest;

const others: Partial<Record<string, Partial<Selectors>>> = {};

export function selectorsOf(version: N8nVersion): Selectors {
	return { ...newest, ...others[version] };
}
