import { createRequire } from 'node:module';
import type { IBuffer } from '@xterm/headless';
import { coloursOf, css, paper } from './colours.ts';

// Installed by `npm run demo` only, so not known to the type checker.
const load = createRequire(import.meta.url);
const { createCanvas, GlobalFonts } = load('@napi-rs/canvas');
for (const face of ['DejaVuSansMono', 'DejaVuSansMono-Bold'])
  GlobalFonts.registerFromPath(load.resolve(`dejavu-fonts-ttf/ttf/${face}.ttf`), 'film');

const cell = { width: 9, height: 18, font: 15, baseline: 14, margin: 12 };

/** Eighth blocks are drawn as rectangles: glyphs leave seams where rows and columns join. */
const block = (text: string): number => {
  const code = text.charCodeAt(0);
  return text.length === 1 && code >= 0x2581 && code <= 0x2588 ? code - 0x2580 : 0;
};

/** The screen as a canvas, `scale` pixels to the point. */
export const draw = (screen: IBuffer, columns: number, rows: number, scale = 1) => {
  const width = columns * cell.width + 2 * cell.margin;
  const height = rows * cell.height + 2 * cell.margin;
  const canvas = createCanvas(width * scale, height * scale);
  const pen = canvas.getContext('2d');
  pen.scale(scale, scale);
  pen.fillStyle = css(paper);
  pen.fillRect(0, 0, width, height);
  for (let row = 0; row < rows; row += 1) {
    const line = screen.getLine(screen.viewportY + row);
    for (let column = 0; column < columns; column += 1) {
      const held = line?.getCell(column);
      if (!held) continue;
      const { front, back } = coloursOf(held);
      const x = cell.margin + column * cell.width;
      const y = cell.margin + row * cell.height;
      if (back !== paper) {
        pen.fillStyle = css(back);
        pen.fillRect(x, y, cell.width, cell.height);
      }
      const text = held.getChars();
      if (text.trim() === '') continue;
      pen.fillStyle = css(front);
      const eighths = block(text);
      if (eighths > 0) {
        const tall = (cell.height * eighths) / 8;
        pen.fillRect(x, y + cell.height - tall, cell.width, tall);
      } else {
        pen.font = `${held.isBold() ? 'bold ' : ''}${cell.font}px film`;
        pen.fillText(text, x, y + cell.baseline);
      }
    }
  }
  return canvas;
};
