import { type INode, type NodeHint, Workflow } from 'n8n-workflow';

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
	const isShown = ({ displayCondition = '' }: NodeHint) =>
		workflow.expression.getSimpleParameterValue(node, displayCondition, 'internal', {}) === true;
	return hints.filter(isShown).map(({ message }) => message);
}

const [OUT_OF_REACH, NOT_HTTPS, TEST_URL, IMAGE] = hints.map(({ message }) => message);

it.each([
	['https://n8n.example.com/webhook/vidu', []],
	['http://n8n.example.com/webhook/vidu', [NOT_HTTPS]],
	['http://localhost:5678/webhook/vidu', [OUT_OF_REACH]],
	['https://127.0.0.1/webhook/vidu', [OUT_OF_REACH]],
	['https://10.1.2.3/webhook/vidu', [OUT_OF_REACH]],
	['https://172.20.0.1/webhook/vidu', [OUT_OF_REACH]],
	['https://172.32.0.1/webhook/vidu', []],
	['https://192.168.1.2/webhook/vidu', [OUT_OF_REACH]],
	['http://[::1]:5678/webhook/vidu', [OUT_OF_REACH]],
	['https://n8n.example.com/webhook-test/vidu', [TEST_URL]],
	['https://n8n.example.com/webhook/?from=/webhook-test/vidu', []],
	['', []],
])('the callback URL %s has the hints %j', (callbackUrl, expected) => {
	expect(shownFor({ sendResultTo: 'url', callbackUrl })).toEqual(expected);
	expect(shownFor({ sendResultTo: 'none', callbackUrl })).toEqual([]);
});

it.each([
	[{ firstFrameUrl: 'https://example.com/a.png' }, []],
	[{ firstFrameUrl: 'http://192.168.1.2/a.png' }, [IMAGE]],
	[{ frames: 'firstAndLast', lastFrameUrl: 'https://localhost/a.png' }, [IMAGE]],
	[
		{ resource: 'referenceToVideo', referenceImageUrls: ['https://e.com/a', 'http://10.0.0.1/b'] },
		[IMAGE],
	],
	[{ operation: 'get', jobId: '1' }, []],
	[{}, []],
])('%j has the hints %j', (parameters, expected) => {
	expect(shownFor(parameters)).toEqual(expected);
});
