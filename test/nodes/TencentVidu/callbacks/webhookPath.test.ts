import fc from 'fast-check';

import { targetOf } from '../../../../nodes/TencentVidu/callbacks/callbackUrl';
import {
	callbackUrlProblem,
	encodedTriggerPath,
	triggerPathProblem,
	triggerUrl,
} from '../../../../nodes/TencentVidu/callbacks/webhookPath';

const BASE = 'https://n8n.example.com/webhook';

it.each([
	['lead', 'lead'],
	[' lead', 'lead'],
	['lead\n', 'lead'],
	['/lead/', 'lead'],
	['a/b c', 'a/b%20c'],
	['pct%20x', 'pct%2520x'],
	['100%', '100%25'],
	['回/ü', '%E5%9B%9E/%C3%BC'],
])('writes the Path %p as n8n listens', (path, encoded) => {
	expect(triggerPathProblem(path)).toBeUndefined();
	expect(triggerUrl(BASE, path)).toBe(`${BASE}/${encoded}`);
	expect(triggerUrl(`${BASE}/`, path)).toBe(`${BASE}/${encoded}`);
});

it.each([
	...['', ' ', '/', 'a//b', '//a', 'a//', '..', 'a/../b', './a', 'a?b', 'a#b', ':id', 'a\\b'],
	...['a\u0000', '\ud800'],
])('refuses the Path %p', (path) => expect(triggerPathProblem(path)).toEqual(expect.any(String)));

it('has n8n decode what it registers, whatever the Path', () => {
	const part = fc.oneof(
		fc.constantFrom(' ', '%', '%20', '%2F', '/', '.', '..', '+', '&', '=', 'a', '甲'),
		fc.string(),
	);
	const paths = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
	fc.assert(
		fc.property(paths, (path) => {
			if (triggerPathProblem(path) !== undefined) return;
			const { pathname } = new URL(triggerUrl(BASE, path));
			const registered = path.trim().replace(/^\//, '').replace(/\/$/, '');
			expect(decodeURIComponent(pathname)).toBe(`/webhook/${registered}`);
			const listening = `${BASE}/${encodedTriggerPath(path)}`;
			expect(targetOf(triggerUrl(BASE, path))).toBe(targetOf(listening));
		}),
		{ numRuns: Number(process.env.FUZZ_RUNS ?? 2_000) },
	);
});

it.each([
	'https://n8n.example.com/',
	'https://n8n.example.com/workflow/1b2c',
	'https://N8N.example.com./workflow/1b2c',
	'https://n8n.example.com:443/home/workflows',
	'https://n8n.example.com/webhook',
	'https://n8n.example.com/webhook/',
	'https://n8n.example.com/form/x',
	'https://n8n.example.com/webhook/../workflow/x',
])('knows before paying that n8n would not take a result at %s', (url) => {
	expect(callbackUrlProblem(url, BASE)).toMatch(/not of a webhook.*production URL/);
});

it.each([
	'https://n8n.example.com/webhook/x',
	'https://n8n.example.com/webhook-test/x',
	'https://n8n.example.com/webhook-waiting/12',
	'https://n8n.example.com/other-app/hook',
	'https://other.example/workflow/1b2c',
	'https://n8n.example.com:8443/',
	'no URL',
])('has nothing against %s', (url) => expect(callbackUrlProblem(url, BASE)).toBeUndefined());

it('knows addresses of n8n behind a prefix, and leaves those beside it alone', () => {
	const base = 'https://example.com/n8n/hooks';
	expect(callbackUrlProblem('https://example.com/n8n/hooks/x', base)).toBeUndefined();
	expect(callbackUrlProblem('https://example.com/home', base)).toBeUndefined();
	expect(callbackUrlProblem('https://example.com/n8n/home', base)).toEqual(expect.any(String));
	expect(callbackUrlProblem('https://example.com/n8n', base)).toEqual(expect.any(String));
	expect(callbackUrlProblem('https://example.com/n8n/hooks', base)).toEqual(expect.any(String));
});

it('never throws', () => {
	const text = fc.oneof(fc.string(), fc.webUrl());
	fc.assert(
		fc.property(text, text, (a, b) => {
			expect(['string', 'undefined']).toContain(typeof callbackUrlProblem(a, b));
			expect(['string', 'undefined']).toContain(typeof triggerPathProblem(a));
		}),
	);
});
