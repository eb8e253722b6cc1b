import { type INode, Workflow } from 'n8n-workflow';

import { hints } from '../../../../nodes/TencentVidu/descriptions/hints';
import { TencentVidu } from '../../../../nodes/TencentVidu/TencentVidu.node';
import { nodeTypesOf } from '../../../support/engine/nodeRun';

/** The hints that the editor shows, by n8n's own way of asking their conditions. */
function shownFor(parameters: INode['parameters']) {
	const node: INode = {
		id: 'vidu',
		name: 'Vidu',
		type: 'vidu',
		typeVersion: 1,
		position: [0, 0],
		parameters: { resource: 'imageToVideo', operation: 'submit', ...parameters },
	};
	const nodeTypes = nodeTypesOf(new TencentVidu());
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	return hints.map(({ displayCondition = '' }) =>
		workflow.expression.getSimpleParameterValue(node, displayCondition, 'internal', {}),
	);
}

it.each([
	['https://n8n.example.com/webhook/vidu', false, false],
	['http://n8n.example.com/webhook/vidu', false, true],
	['http://localhost:5678/webhook/vidu', true, false],
	['https://127.0.0.1/webhook/vidu', true, false],
	['https://10.1.2.3/webhook/vidu', true, false],
	['https://172.20.0.1/webhook/vidu', true, false],
	['https://172.32.0.1/webhook/vidu', false, false],
	['https://192.168.1.2/webhook/vidu', true, false],
	['http://[::1]:5678/webhook/vidu', true, false],
	['', false, false],
])('%s is out of reach: %p, not https: %p', (callbackUrl, unreachable, insecure) => {
	expect(shownFor({ additionalFields: { callbackUrl } })).toEqual([unreachable, insecure]);
});

it('is asked of a node without a callback, too', () => {
	expect(shownFor({ additionalFields: {} })).toEqual([false, false]);
	expect(shownFor({ operation: 'get', jobId: '1' })).toEqual([false, false]);
});
