// n8n reads the nodes and the credential from the "n8n" entry of package.json.
