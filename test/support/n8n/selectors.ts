import type { N8nVersion } from './install';

/** Selectors for the parts of n8n's editor, in the newest supported version. */
const newest = {
	/** The button of an empty canvas. */
	addFirstStep: '[data-test-id="canvas-plus-button"]',
	/** The button of a canvas with nodes. */
	addStep: '[data-test-id="node-creator-plus-button"]',
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
	/** A dropdown list. */
	dropdown: '.n8n-select:visible',
	/** The options of an open dropdown list. */
	options: '.el-select__popper',
	credentials: '[data-test-id="node-credentials-select"]',
	newCredential: '[data-test-id="node-credentials-select-item-new"]',
	editCredential: '[data-test-id="credential-edit-button"]',
	credentialDialog: '[data-test-id="editCredential-modal"]',
	saveCredential: '[data-test-id="credential-save-button"]',
	closeDialog: '.el-dialog__headerbtn',
	publish: '[data-test-id="workflow-open-publish-modal-button"]',
	confirmPublish: '[data-test-id="workflow-publish-button"]',
	executions: '[data-test-id="radio-button-executions"]',
	execution: '[data-test-id^="execution-details-"]',
};
export type Selectors = typeof newest;

/** Selectors that differ in other versions. */
const differences: Partial<Record<string, Partial<Selectors>>> = {};

export function selectorsOf(version: N8nVersion): Selectors {
	return { ...newest, ...differences[version] };
}
