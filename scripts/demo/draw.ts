import { createRequire } from 'node:module';
import type { IBuffer } from '@xterm/headless';
import { cellColors, css, defaultBackground } from './colors.ts';

// Only `npm run demo` installs these packages, so they have no types here.
const load = createRequire(import.meta.url);
const { createCanvas, GlobalFonts } = load('@napi-rs/canvas');
for (const face of ['DejaVuSansMono', 'DejaVuSansMono-Bold'])
  GlobalFonts.registerFromPath(load.resolve(`dejavu-fonts-ttf/ttf/${face}.ttf`), 'demo');

const cell = { width: 9, height: 18, font: 15, baseline: 14, margin: 12 };

/** Returns the height of a block element in eighths, or 0. Blocks are drawn as rectangles, because glyphs leave seams. */
const blockEighths = (text: string): number => {
  const code = text.charCodeAt(0);
  return text.length === 1 && code >= 0x2581 && code <= 0x2588 ? code - 0x2580 : 0;
};

/** Draws the screen on a canvas, with `scale` pixels per point. */
export const draw = (
  screen: IBuffer,
  { columns, rows, scale = 1 }: { columns: number; rows: number; scale?: number },
) => {
  const width = columns * cell.width + 2 * cell.margin;
  const height = rows * cell.height + 2 * cell.margin;
  const canvas = createCanvas(width * scale, height * scale);
  const context = canvas.getContext('2d');
  context.scale(scale, scale);
  context.fillStyle = css(defaultBackground);
  context.fillRect(0, 0, width, height);
  for (let row = 0; row < rows; row += 1) {
    const line = screen.getLine(screen.viewportY + row);
    for (let column = 0; column < columns; column += 1) {
      const screenCell = line?.getCell(column);
      if (!screenCell) continue;
      const { foreground, background } = cellColors(screenCell);
      const x = cell.margin + column * cell.width;
      const y = cell.margin + row * cell.height;
      if (background !== defaultBackground) {
        context.fillStyle = css(background);
        context.fillRect(x, y, cell.width, cell.height);
      }
      const text = screenCell.getChars();
      if (text.trim() === '') continue;
      context.fillStyle = css(foreground);
      const eighths = blockEighths(text);
      if (eighths > 0) {
        const blockHeight = (cell.height * eighths) / 8;
        context.fillRect(x, y + cell.height - blockHeight, cell.width, blockHeight);
      } else {
        context.font = `${screenCell.isBold() ? 'bold ' : ''}${cell.font}px demo`;
        context.fillText(text, x, y + cell.baseline);
      }
    }
  }
  return canvas;
};
