"""Runs a command in a pseudo-terminal and writes what a person would see as an SVG picture.

    record.py OUTPUT COLUMNS ROWS [--keys TEXT] [--last] [--hide TEXT] -- COMMAND…

The picture is animated: each state of the screen is shown at its time, and the last one for some seconds. With `--last`,
it is only the last screen. `--keys` are typed when the screen has not changed for a second. `--hide` removes a text, such
as the path of a directory.
"""

import argparse
import fcntl
import html
import os
import pty
import select
import signal
import struct
import termios
import time

import pyte

CELL_WIDTH, CELL_HEIGHT, MARGIN = 8.4, 18, 12
BACKGROUND, FOREGROUND = "#16181d", "#d5d9e0"
COLOURS = {
    "black": "#3b4048", "red": "#f0716b", "green": "#8cc265", "brown": "#d9a74a", "blue": "#62a6ef",
    "magenta": "#c98ae0", "cyan": "#4fb8c4", "white": "#d5d9e0", "brightblack": "#7f8897",
    "brightred": "#ff8f8a", "brightgreen": "#a9dc83", "brightbrown": "#f0c674", "brightyellow": "#f0c674",
    "brightblue": "#8fc3ff", "brightmagenta": "#e0aaf2", "brightcyan": "#7fd6e0", "brightwhite": "#ffffff",
}
# The shortest time between two pictures, and the time of the last one.
STEP, REST = 0.12, 6.0


def colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return COLOURS.get(name) or f"#{name}"


def record(command: list[str], columns: int, rows: int, keys: str | None, hidden: bytes) -> list[tuple[float, list]]:
    """Returns the states of the screen with their times, each a list of rows of cells."""
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", CARGO_TERM_PROGRESS_WHEN="never")
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    start = time.monotonic()
    frames: list[tuple[float, list]] = []
    while time.monotonic() - start < 120:
        readable, _, _ = select.select([terminal], [], [], 1.0)
        if not readable:
            if keys is not None:
                os.write(terminal, keys.encode())
                keys = None
                continue
            if keys is None and frames:
                break
            continue
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        stream.feed(data.replace(hidden, b"") if hidden else data)
        at = time.monotonic() - start
        cells = [[screen.buffer[row][column] for column in range(columns)] for row in range(rows)]
        if frames and at - frames[-1][0] < STEP:
            frames[-1] = (frames[-1][0], cells)
        else:
            frames.append((at, cells))
    try:
        os.kill(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(child, 0)
    return frames


def row_of(cells: list, y: float) -> str:
    """Returns one row as SVG, with one element for each run of cells of the same style."""
    parts, column = [], 0
    while column < len(cells):
        first = cells[column]
        style = (first.fg, first.bg, first.bold, first.reverse, first.underscore)
        end = column
        while end < len(cells):
            it = cells[end]
            if (it.fg, it.bg, it.bold, it.reverse, it.underscore) != style:
                break
            end += 1
        text = "".join(it.data for it in cells[column:end])
        fill, back = colour(first.fg, FOREGROUND), colour(first.bg, BACKGROUND)
        if first.reverse:
            fill, back = back, fill
        x = MARGIN + column * CELL_WIDTH
        if back != BACKGROUND:
            parts.append(
                f'<rect x="{x:.1f}" y="{y - CELL_HEIGHT + 5:.1f}" width="{(end - column) * CELL_WIDTH:.1f}" '
                f'height="{CELL_HEIGHT}" fill="{back}"/>'
            )
        if text.strip():
            lead = len(text) - len(text.lstrip())
            visible = text.strip()
            # Viewers join plain spaces.
            shown = html.escape(visible).replace(" ", "\u00a0")
            weight = ' font-weight="bold"' if first.bold else ""
            line = ' text-decoration="underline"' if first.underscore else ""
            parts.append(
                f'<text x="{x + lead * CELL_WIDTH:.1f}" y="{y:.1f}" fill="{fill}"{weight}{line} '
                f'textLength="{len(visible) * CELL_WIDTH:.1f}">{shown}</text>'
            )
        column = end
    return "".join(parts)


def svg(frames: list[tuple[float, list]], columns: int) -> str:
    last = frames[-1][1]
    used = max((index for index, row in enumerate(last) if any(it.data.strip() for it in row)), default=0) + 1
    for _, cells in frames:
        used = max(used, *(i + 1 for i, row in enumerate(cells) if any(it.data.strip() for it in row)), 1)
    width, height = columns * CELL_WIDTH + 2 * MARGIN, used * CELL_HEIGHT + 2 * MARGIN
    total = frames[-1][0] + REST
    body, style = [], []
    for index, (at, cells) in enumerate(frames):
        rows = [row_of(row, MARGIN + (n + 1) * CELL_HEIGHT - 5) for n, row in enumerate(cells[:used])]
        name = f"f{index}"
        body.append(f'<g class="{name}">{"".join(rows)}</g>')
        if len(frames) > 1:
            shown = 100 * at / total if index else 0
            hidden = 100 * frames[index + 1][0] / total if index + 1 < len(frames) else 100
            style.append(
                f"@keyframes {name}{{0%{{visibility:hidden}}{shown:.2f}%{{visibility:visible}}"
                f"{hidden:.2f}%{{visibility:hidden}}}}"
                f".{name}{{visibility:hidden;animation:{name} {total:.1f}s step-end infinite}}"
            )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="ui-monospace, Menlo, Consolas, monospace" '
        f'font-size="14"><style>{"".join(style)}</style>'
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>{"".join(body)}</svg>\n'
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("output")
    parser.add_argument("columns", type=int)
    parser.add_argument("rows", type=int)
    parser.add_argument("--keys")
    parser.add_argument("--last", action="store_true")
    parser.add_argument("--hide", default="")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    frames = record(options.command, options.columns, options.rows, options.keys, options.hide.encode())
    if not frames:
        raise SystemExit("the command printed nothing")
    if options.last:
        frames = frames[-1:]
    with open(options.output, "w", encoding="utf-8") as file:
        file.write(svg(frames, options.columns))


main()
