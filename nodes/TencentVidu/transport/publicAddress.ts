/** Placeholder */
export function publicUrlProblem(url: string): string | undefined {
	const { hostname } = new URL(url);
	return /^(localhost|127\.|10\.|192\.168\.|169\.254\.)/.test(hostname) ? 'is private' : undefined;
}
