# PowerShell completion for kds. Install: add to the file that $PROFILE names:
#   kds completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName kds -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @($commandAst.CommandElements |
        Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text } })
    $current = "$wordToComplete"

    # Before 7.3 an empty argument had to be written as two quotes to get through.
    $last = $current
    if ($current -eq '' -and ($PSVersionTable.PSVersion -lt [version]'7.3' -or $PSNativeCommandArgumentPassing -eq 'Legacy')) {
        $last = '""'
    }
    $answer = @(& kds __complete @words $last 2>$null)
    if ($answer.Count -eq 0 -or $answer[-1] -notmatch '^:(\d+)$') { return }
    $directive = [int]$Matches[1]
    if (($directive -band 1) -ne 0) { return }
    $candidates = @($answer | Select-Object -SkipLast 1)

    # Without candidates PowerShell names files by itself; an empty text keeps it from that.
    if ($candidates.Count -eq 0) {
        if (($directive -band 4) -ne 0) { '' }
        return
    }

    # Candidates for --flag=value are values: the flag goes before them.
    $flag = ''
    if ($current -match '^(-[^=]*=)') { $flag = $Matches[1] }
    $space = ' '
    if (($directive -band 2) -ne 0 -or $candidates.Count -gt 1) { $space = '' }

    foreach ($line in $candidates) {
        $value, $description = $line -split "`t", 2
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new("$flag$value$space", $value, 'ParameterValue', $description)
    }
}
