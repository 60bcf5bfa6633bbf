/** The completion script for fish: yargs writes those for bash and zsh only. */
export const fishScript = `# marketsim completion for fish: marketsim completion fish > ~/.config/fish/completions/marketsim.fish
function __marketsim_complete
  set -l words (commandline -opc) (commandline -ct)
  marketsim --get-yargs-completions $words
end
complete -c marketsim -f -a '(__marketsim_complete)'
`
