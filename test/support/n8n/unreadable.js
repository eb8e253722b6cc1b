// Runs in the browser. Lists the unreadable texts in the first visible element of a selector.
(selector) => {
	const tolerance = 1.5;

	const isVisible = (element) =>
		element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
	const root = [...document.querySelectorAll(selector)].find(isVisible);
	if (!root) return [`nothing is visible: ${selector}`];

	const clips = (overflow) => overflow === 'hidden' || overflow === 'clip';
	const scrolls = (overflow) => overflow === 'auto' || overflow === 'scroll';

	/** The visible part of a box. `isCut` says that the rest cannot be scrolled into view. */
	const visiblePartOf = (element, { left, right, top, bottom }) => {
		const visible = { left, right, top, bottom, isCut: false };
		let [x, y] = [true, true];
		for (let outer = element; outer && outer !== root.parentElement; outer = outer.parentElement) {
			const { overflowX, overflowY, display } = getComputedStyle(outer);
			if (display === 'inline' || display === 'contents') continue;
			const box = outer.getBoundingClientRect();
			if (x && clips(overflowX)) {
				visible.isCut ||=
					visible.left < box.left - tolerance || visible.right > box.right + tolerance;
			}
			if (y && clips(overflowY)) {
				visible.isCut ||=
					visible.top < box.top - tolerance || visible.bottom > box.bottom + tolerance;
			}
			if (overflowX !== 'visible') {
				visible.left = Math.max(visible.left, box.left);
				visible.right = Math.min(visible.right, box.right);
			}
			if (overflowY !== 'visible') {
				visible.top = Math.max(visible.top, box.top);
				visible.bottom = Math.min(visible.bottom, box.bottom);
			}
			x &&= !scrolls(overflowX);
			y &&= !scrolls(overflowY);
		}
		return visible;
	};

	const textBoxOf = (element) => {
		const range = document.createRange();
		const nodes = [...element.childNodes].filter(
			(node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '',
		);
		if (nodes.length === 0) return undefined;
		range.setStartBefore(nodes[0]);
		range.setEndAfter(nodes.at(-1));
		return {
			text: range.toString().replace(/\s+/g, ' ').trim(),
			box: range.getBoundingClientRect(),
		};
	};

	/** The text of a field that is read-only or still empty. */
	const fieldTextOf = (field) => {
		const text = field.value === '' || field.readOnly ? field.value || field.placeholder : '';
		const { font, paddingLeft, paddingRight } = getComputedStyle(field);
		const pen = document.createElement('canvas').getContext('2d');
		pen.font = font;
		const room = field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
		return { text, isCut: pen.measureText(text ?? '').width > room + tolerance };
	};

	// The box that measures a node's name, and line numbers. They contain no text of a node.
	const ignored = '[data-test-id="inline-editable-area"], .cm-gutters';
	const elements = [root, ...root.querySelectorAll('*')].filter(
		(element) => isVisible(element) && !element.closest(ignored),
	);
	const cutFields = elements
		.filter((element) => element.matches('input:not([type=checkbox])'))
		.map(fieldTextOf)
		.filter(({ isCut }) => isCut)
		.map(({ text }) => `cut: ${text}`);

	const texts = elements.flatMap((element) => {
		const found = textBoxOf(element);
		if (!found || found.box.width === 0) return [];
		return [{ element, text: found.text, visible: visiblePartOf(element, found.box) }];
	});
	const cut = texts.filter(({ visible }) => visible.isCut).map(({ text }) => `cut: ${text}`);

	const shared = (a, b) => ({
		width: Math.min(a.right, b.right) - Math.max(a.left, b.left),
		height: Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
	});
	const overlapping = texts.flatMap((one, index) =>
		texts.slice(index + 1).flatMap((other) => {
			if (one.element.contains(other.element) || other.element.contains(one.element)) return [];
			const { width, height } = shared(one.visible, other.visible);
			return width > 3 && height > 3 ? [`overlap: ${one.text} | ${other.text}`] : [];
		}),
	);
	return [...new Set([...cutFields, ...cut, ...overlapping])];
};
