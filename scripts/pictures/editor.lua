-- Shows the messages of cargo in Neovim as an editor with a language server shows them.
--
-- CARGO_MESSAGES names a file with the output of `cargo check --message-format=json`.
vim.o.termguicolors = true
vim.o.number = true
vim.o.signcolumn = "yes"
vim.o.laststatus = 0
vim.o.ruler = false
vim.o.showmode = false
vim.o.fillchars = "eob: "
vim.o.shortmess = vim.o.shortmess .. "FI"
vim.cmd("syntax on | filetype plugin on")
vim.cmd("highlight Normal guifg=#d5d9e0 guibg=#16181d")
vim.cmd("highlight LineNr guifg=#5b6270 | highlight SignColumn guibg=#16181d")
vim.cmd("highlight Statement guifg=#c98ae0 gui=NONE | highlight rustKeyword guifg=#c98ae0 gui=NONE")
vim.cmd("highlight Type guifg=#4fb8c4 gui=NONE | highlight Identifier guifg=#62a6ef gui=NONE")
vim.cmd("highlight Comment guifg=#7f8897 | highlight String guifg=#8cc265 | highlight PreProc guifg=#d9a74a")
vim.cmd("highlight DiagnosticError guifg=#f0716b | highlight DiagnosticSignError guifg=#f0716b guibg=#16181d")
vim.cmd("highlight DiagnosticUnderlineError gui=underline guisp=#f0716b guifg=#f0716b")

-- Returns an iterator over the lines of a text of at most `width` characters.
local function wrapped(text, width)
    local lines, line = {}, ""
    for word in text:gmatch("%S+") do
        if line ~= "" and #line + #word >= width then
            table.insert(lines, line)
            line = "  " .. word
        else
            line = line == "" and word or line .. " " .. word
        end
    end
    table.insert(lines, line)
    local index = 0
    return function()
        index = index + 1
        return lines[index]
    end
end

local function show()
    local found = {}
    for line in io.lines(os.getenv("CARGO_MESSAGES")) do
        local ok, message = pcall(vim.json.decode, line)
        local report = ok and message.reason == "compiler-message" and message.message
        local span = report and report.spans[1]
        if span and span.is_primary and report.level == "error" then
            table.insert(found, {
                lnum = span.line_start - 1,
                col = span.column_start - 1,
                end_lnum = span.line_end - 1,
                end_col = span.column_end - 1,
                severity = vim.diagnostic.severity.ERROR,
                message = report.message,
                label = span.label,
                notes = report.children,
            })
        end
    end
    local space = vim.api.nvim_create_namespace("cargo")
    vim.diagnostic.config({ virtual_text = false, signs = true, underline = true })
    vim.diagnostic.set(space, 0, found)
    for _, it in ipairs(found) do
        -- The message below its line, as in the inline views of editors.
        local indent = string.rep(" ", it.col)
        local lines = { { { indent .. "^ " .. it.message, "DiagnosticError" } } }
        if type(it.label) == "string" then
            table.insert(lines, { { indent .. "  " .. it.label, "DiagnosticError" } })
        end
        for _, note in ipairs(it.notes) do
            for text in note.message:gmatch("[^\n]+") do
                for part in wrapped(note.level .. ": " .. text, 66) do
                    if #lines < 7 then
                        table.insert(lines, { { indent .. "  " .. part, "Comment" } })
                    end
                end
            end
        end
        vim.api.nvim_buf_set_extmark(0, space, it.lnum, it.col, { virt_lines = lines })
    end
end
vim.api.nvim_create_autocmd("VimEnter", { callback = show })
