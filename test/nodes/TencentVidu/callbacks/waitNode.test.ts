import fc from 'fast-check';

import {
	type DescribedNode,
	waitNodeProblem,
} from '../../../../nodes/TencentVidu/callbacks/waitNode';

const GOOD = { resume: 'webhook', httpMethod: 'POST' };

const wait = (parameters: object, more: Partial<DescribedNode> = {}): DescribedNode => ({
	...{ name: 'Wait', type: 'n8n-nodes-base.wait', parameters },
	...more,
});

const other: DescribedNode = { name: 'Set', type: 'n8n-nodes-base.set', parameters: GOOD };

it.each<[string, DescribedNode[], RegExp]>([
	['no node', [], /no Wait node follows.*On Webhook Call.*POST/],
	['no Wait node', [other], /no Wait node follows/],
	['a disabled one', [wait(GOOD, { disabled: true })], /"Wait" is disabled/],
	['one that n8n knows nothing of', [wait({})], /"Wait" does not wait for a call/],
	['one without parameters', [{ name: 'W', type: 'n8n-nodes-base.wait' }], /"W" does not wait/],
	['one that waits for a time', [wait({ resume: 'timeInterval', amount: 5 })], /Resume/],
	['one that waits for a date', [wait({ resume: 'specificTime' })], /Resume to On Webhook Call/],
	['one that waits for a form', [wait({ resume: 'form' })], /Resume/],
	['the method that n8n sets by itself', [wait({ resume: 'webhook' })], /HTTP Method to POST/],
	['the method GET', [wait({ ...GOOD, httpMethod: 'GET' })], /HTTP Method to POST/],
	['a suffix', [wait({ ...GOOD, options: { webhookSuffix: 'done' } })], /Webhook Suffix/],
	['a suffix with a slash', [wait({ ...GOOD, options: { webhookSuffix: '/x/' } })], /Suffix/],
	[
		'a password',
		[wait({ ...GOOD, incomingAuthentication: 'basicAuth' })],
		/Authentication to None/,
	],
	['a header', [wait({ ...GOOD, incomingAuthentication: 'headerAuth' })], /Authentication/],
	[
		'the one that comes closest',
		[wait({}, { name: 'a' }), wait({ resume: 'webhook' }, { name: 'b' })],
		/"b" does not take the POST/,
	],
	[
		'one that is on before one that is off',
		[wait(GOOD, { name: 'off', disabled: true }), wait({ resume: 'webhook' }, { name: 'on' })],
		/"on" does not take/,
	],
])('refuses %s, by its name and its setting', (_, nodes, problem) => {
	expect(waitNodeProblem(nodes)).toMatch(problem);
	expect(waitNodeProblem(nodes)).toMatch(/^is Wait Node of This Run, but /);
});

it.each<[string, DescribedNode[]]>([
	['a good one', [other, wait(GOOD)]],
	['one that n8n calls enabled', [wait(GOOD, { disabled: false })]],
	['a good one behind a short wait', [wait({ resume: 'timeInterval' }), wait(GOOD)]],
	['settings that do no harm', [wait({ ...GOOD, incomingAuthentication: 'none', options: {} })]],
	['an empty suffix', [wait({ ...GOOD, options: { webhookSuffix: ' ' } })]],
	['an expression for Resume', [wait({ ...GOOD, resume: '={{ $json.resume }}' })]],
	['an expression for the method', [wait({ ...GOOD, httpMethod: '={{ $json.method }}' })]],
	['several methods', [wait({ ...GOOD, httpMethod: ['GET', 'POST'] })]],
])('takes %s', (_, nodes) => expect(waitNodeProblem(nodes)).toBeUndefined());

it('never throws, whatever a workflow holds', () => {
	const parameters = fc.dictionary(
		fc.constantFrom('resume', 'httpMethod', 'incomingAuthentication', 'options', 'x'),
		fc.jsonValue(),
	);
	fc.assert(
		fc.property(fc.array(parameters), fc.string(), (all, name) => {
			const nodes = all.map((one) => wait(one, { name }));
			expect(['string', 'undefined']).toContain(typeof waitNodeProblem(nodes));
		}),
	);
});
