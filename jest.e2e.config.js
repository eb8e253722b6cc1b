const { modulePathIgnorePatterns, testEnvironment, transform } = require('./jest.config.js');

/** Scenarios that one version of n8n is enough for. */
const onlyIn = {
	...{ browser: '2.41', dev: '2.41', examplesEditor: '2.41', layout: '2.41' },
	...{
		parking: '2.41',
		parkingEditor: '2.41',
		parkingInternational: '2.41',
		parkingQueue: '2.41',
		parkingOldN8n: '1.123',
	},
};

/** A version or tag that takes the place of 2.41: see test/support/n8n/install.ts. */
const candidate = process.env.N8N_CANDIDATE;

const versions = candidate ? ['2.41'] : ['2.41', '1.123'];

/** @type {import('jest').Config} */
module.exports = {
	projects: versions.map((version) => {
		const others = Object.entries(onlyIn).filter(([, only]) => only !== version);
		return {
			...{ modulePathIgnorePatterns, testEnvironment, transform },
			displayName: `n8n ${candidate || version}`,
			globals: { N8N_VERSION: version },
			testMatch: ['<rootDir>/test/e2e/**/*.e2e.ts'],
			testPathIgnorePatterns: others.map(([name]) => `/${name}\\.e2e\\.ts$`),
		};
	}),
	testTimeout: 600_000,
	maxWorkers: 1,
};
